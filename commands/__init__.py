"""The command line's groups, a file each; `cli` joins them."""

import typer

from commands import office


def register(app: typer.Typer) -> None:
    """Add every group's commands to `app`."""
    office.register(app)
