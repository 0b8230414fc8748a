"""The command line's groups, a file each; `cli` joins them."""

import typer

from commands import evidence, grades, keeping, mail, office, portal, report, running, seeing


def register(app: typer.Typer) -> None:
    """Add every group's commands to `app`, in the order that the help shows them."""
    for group in (running, seeing, portal, evidence, grades, office, mail, report, keeping):
        group.register(app)
