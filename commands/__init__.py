"""The command line's groups, a file each; `cli` joins them."""

import typer

from commands import grades, mail, office, report


def register(app: typer.Typer) -> None:
    """Add every group's commands to `app`."""
    grades.register(app)
    mail.register(app)
    office.register(app)
    report.register(app)
