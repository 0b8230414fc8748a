"""The command line's groups, a file each; `cli` joins them."""

import typer

from commands import (
    archive,
    claims,
    cluster,
    config,
    demo_city,
    evidence,
    init,
    key,
    mail,
    maintenance,
    portal,
    quarter,
    records,
    report,
    review,
    run,
    scores,
    service,
    show,
)


def register(app: typer.Typer) -> None:
    """Add every group's commands to `app`, in the order that the help shows them."""
    for group in (
        init,
        config,
        run,
        show,
        portal,
        evidence,
        scores,
        review,
        quarter,
        claims,
        records,
        mail,
        report,
        maintenance,
        archive,
        key,
        service,
        cluster,
        demo_city,
    ):
        group.register(app)
