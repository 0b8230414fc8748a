"""The build's hook: the commit that is built goes into the wheel, so that an installed program knows what it is."""

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Adds one file to the wheel; the checkout stays as it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the commit beside the build and name it for inclusion.

        An editable installation asks its checkout, and a source archive holds the note already.
        """
        program = _version_module(Path(self.root))
        commit = program.commit_of(Path(self.root))
        if version == "editable" or not commit or (Path(self.root) / program.BUILT).exists():
            return
        self._folder = tempfile.TemporaryDirectory()  # goes with the hook, when the build is over
        note = Path(self._folder.name) / "commit.txt"
        note.write_text(f"{commit}\n", "ascii")
        build_data["force_include"][str(note)] = program.BUILT


def _version_module(root: Path) -> ModuleType:
    """`core/runtime/version.py` as it stands in `root`, without the rest of the program."""
    spec = importlib.util.spec_from_file_location("chengxin_version", root / "core/runtime/version.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
