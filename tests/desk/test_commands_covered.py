"""Whatever the command line can do to a quarter can be done at the desk; what cannot is the machine's, and says why."""

from collections.abc import Mapping

from tests.docs.test_commands import CALLABLE
from tests.support.desk_town import Town
from tests.support.paths import ROOT

# command → pages of desk.urls.PAGES that do the same, by the same use case
AT_THE_DESK: Mapping[str, tuple[str, ...]] = {
    "template": ("template", "own-template"),
    "import": ("hand-in", "own-hand-in"),
    "status": ("today", "portals", "outbox"),
    "looks": ("portal",),
    "findings": ("decisions", "decision"),
    "scores": ("today", "units"),
    "evidence": ("evidence", "item"),
    "evidence export": ("package",),
    "explain": ("unit",),
    "rates": ("papers",),
    "month-sheet": ("month-sheet",),
    "year": ("year",),
    "compare": ("compare",),
    "what-if": ("item", "compare", "scheme"),
    "chase": ("papers", "chase"),
    "sample": ("sample", "hand-in"),
    "pending": ("matters",),
    "rule": ("rule", "together", "rule-pair"),
    "rule-unit": ("rule-unit",),
    "rulings": ("rulings",),
    "lift": ("lift",),
    "claims": ("claims", "matters"),
    "rule-claim": ("rule-claim",),
    "rule-repair": ("rule-repair",),
    "rule-month": ("rule-month",),
    "set-aside": ("records",),
    "withdraw": ("rule-record",),
    "release": ("rule-record",),
    "review export": ("review-book",),
    "review import": ("hand-in",),
    "objection add": ("said-on-paper", "answer"),
    "objection list": ("said", "matters"),
    "quarter": ("quarter",),
    "freeze": ("quarter", "freeze"),
    "difference": ("quarter",),
    "report": ("report",),
    "publish": ("publish", "file"),
    "mail outbox": ("outbox",),
    "mail preview": ("letter",),
    "mail retry": ("again",),
    "mail bounce": ("hand-in",),
    "mail reply": ("hand-in", "own-hand-in"),
    "portal try": ("portal-new", "portal-try", "portal-write"),
}
# command → why it is not at the desk
OF_THE_MACHINE: Mapping[str, str] = {
    "init": "makes a district before there is a desk of it",
    "config check": "the district's files are edited at the machine; the desk says when one does not load",
    "night": "runs by itself every night",
    "schedule": "runs by itself; started by whoever runs the machine",
    "service install": "sets up the machine",
    "service city": "sets up a machine of a city",
    "watch": "runs by itself every hour",
    "alarm": "called by the machine when a task fails",
    "cluster init": "sets up the city's database",
    "cluster night": "runs by itself every night",
    "cluster worker": "runs by itself on every machine",
    "cluster status": "for who runs the machines",
    "cluster drain": "stops a machine's worker",
    "cluster desk": "opens the city's desk, or a district's",
    "cluster account": "makes the city's three powers, which nobody at its desk may",
    "demo": "plays a simulated district",
    "demo-city": "plays a simulated city, with a database and workers of its own",
    "doctor": "examines the machine",
    "mail send": "runs by itself every ten minutes, and holds the mail server's password",
    "portal check": "drives a browser through a portal beside the night's crawl",
    "portal record": "keeps a page as a case for the tests of the program",
    "desk": "opens the desk",
    "desk-account": "makes the three powers, which nobody at the desk may",
    "verify": "holds the store's chain against outside witnesses, away from whoever writes to it",
    "stamp": "fetches time stamps from outside, by timer",
    "key new": "a private key is made where it stays, and the desk holds none",
    "replay": "reads everything kept once more, for hours",
    "audit": "reads everything kept once more",
    "prune": "gives up archive files",
    "archive put": "runs by itself every night, and holds the store's key",
    "archive fetch": "brings files back to the machine's disk",
    "backup": "copies all data to where the desk must not write",
    "backup-daily": "the same, by timer",
    "restore": "replaces the data under a desk that is closed",
}


def test_every_command_is_at_the_desk_or_says_why_not() -> None:
    assert not AT_THE_DESK.keys() & OF_THE_MACHINE.keys()
    assert set(CALLABLE) == AT_THE_DESK.keys() | OF_THE_MACHINE.keys()


def test_every_page_that_is_named_is_there(town: Town) -> None:
    from desk.urls import PAGES

    names = {page.name for page in PAGES}
    assert {name for pages in AT_THE_DESK.values() for name in pages} <= names


def test_the_paper_holds_the_same_table() -> None:
    paper = (ROOT / "docs/desk.md").read_text("utf-8")
    for command, pages in AT_THE_DESK.items():
        assert f"| `{command}` | {', '.join(f'`{name}`' for name in pages)} |" in paper, command
    for command, why in OF_THE_MACHINE.items():
        assert f"| `{command}` | {why} |" in paper, command
