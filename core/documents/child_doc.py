"""The words of a Word document of the older kind (.doc), by antiword or catdoc; part of the child process (`child.py`).

Either runs within this process's limits of memory and time. Neither tells a table's cells from their wrapped lines, nor
says what it left out but for antiword's [pic]: a document with a table or a picture, or read by catdoc, is not whole.
"""

import shutil
import subprocess
import tempfile

from core.domain.look_reasons import LookReason

_COMMANDS = (("antiword", "-m", "UTF-8.txt", "-w", "0"), ("catdoc", "-w", "-d", "utf-8"))


def answer(data: bytes, limits: list[int]) -> dict[str, object]:
    """{"grids": [], "text": …, "whole": …}; `file-old-word` where neither program is installed. `limits`: none."""
    del limits
    command = next((each for each in _COMMANDS if shutil.which(each[0])), None)
    if command is None:
        return {"error": LookReason.FILE_OLD_WORD, "detail": ""}
    with tempfile.NamedTemporaryFile(suffix=".doc") as file:
        file.write(data)
        file.flush()
        done = subprocess.run([*command, file.name], capture_output=True, check=False)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0 or not text.strip():
        return {"error": LookReason.FILE_DAMAGED, "detail": command[0]}
    lines = [line.strip("| ") for line in text.splitlines()]
    whole = command[0] == "antiword" and not any(mark in text for mark in ("|", "[pic]", "\ufffd"))
    return {"grids": [], "text": "\n".join(filter(None, lines)), "whole": whole}
