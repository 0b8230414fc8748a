"""Where a deployment keeps things: one folder, one layout."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # where the program stands: its code, templates and districts
TEMPLATES = ROOT / "templates"
DEPLOY = ROOT / "deploy"  # how a machine runs it: units, cron lines, a container


@dataclass(frozen=True, slots=True)
class Paths:
    """The files below one `var` folder."""

    root: Path

    @property
    def store(self) -> Path:
        """The facts and caches."""
        return self.root / "chengxin.db"

    @property
    def jobs(self) -> Path:
        """APScheduler's job store."""
        return self.root / "jobs.db"

    @property
    def desk(self) -> Path:
        """The desk's accounts, drafts and log."""
        return self.root / "desk.db"

    @property
    def desk_secret(self) -> Path:
        """What signs the desk's sessions; made anew where it is lost, which signs everybody out."""
        return self.root / "desk.secret"

    @property
    def archive(self) -> Path:
        """WARC files, owner-only."""
        return self.root / "archive"

    @property
    def attachments(self) -> Path:
        """Workbooks as handed in, by hash."""
        return self.root / "attachments"

    @property
    def manifests(self) -> Path:
        """What each night sealed, a file a night."""
        return self.root / "manifests"

    @property
    def report(self) -> Path:
        """The newest report."""
        return self.root / "report" / "index.html"

    @property
    def outbox(self) -> Path:
        """Letters as .eml files."""
        return self.root / "outbox"

    @property
    def logs(self) -> Path:
        """The crawl's logs, one a night; what happened, and tracebacks."""
        return self.root / "logs"

    @property
    def disk(self) -> Path:
        """What everything took at the end of each of the last nights; a cache."""
        return self.root / "disk.json"

    @property
    def pictures(self) -> Path:
        """Kept pages as pictures, owner-only; a cache that may be deleted."""
        return self.root / "pictures"

    @property
    def backups(self) -> Path:
        """Daily backups, where no other folder is named for them."""
        return self.root / "backups"

    @property
    def portal_tries(self) -> Path:
        """Columns that somebody at the desk has looked at and not yet taken; nothing rests on them."""
        return self.root / "portal-tries"

    @property
    def heartbeat(self) -> Path:
        """What became of the last night, for a watcher outside."""
        return self.root / "heartbeat.json"

    @property
    def lock(self) -> Path:
        """Held while a night runs."""
        return self.root / "night.lock"

    @property
    def picture_lock(self) -> Path:
        """Held while a picture is drawn."""
        return self.root / "picture.lock"

    @property
    def archive_lock(self) -> Path:
        """Held while archive files are put away or fetched back."""
        return self.root / "archive.lock"

    @property
    def mail_lock(self) -> Path:
        """Held while letters are sent."""
        return self.root / "mail.lock"

    @property
    def schedule_lock(self) -> Path:
        """Held by the service that runs the nights."""
        return self.root / "schedule.lock"
