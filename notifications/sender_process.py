"""Sending in a process of its own, with an end: whatever a mail server does, nobody waits for it longer than that."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core.domain.config import Config
from core.runtime.paths import ROOT, Paths

GRACE = 30.0  # seconds beside `session_seconds` for starting up, and for what no limit of a dialogue can end
TIMED_OUT = -9
_NOT_DELIVERED = 4


@dataclass(frozen=True, slots=True)
class Sending:
    """How a sending ended: its exit code (0: all that was due is delivered), and what it said."""

    code: int
    said: str

    @property
    def is_broken(self) -> bool:
        """Whether it is sending that is in trouble, and not some letters alone."""
        return self.code not in (0, _NOT_DELIVERED)

    @property
    def problem(self) -> str:
        """What is wrong with it, in a sentence; "" where all is delivered."""
        if self.code == 0:
            return ""
        if self.code == TIMED_OUT:
            return f"发信没有按时结束，已停止：{self.said}"
        return (
            f"信没有都送到：{self.said}"
            if self.code == _NOT_DELIVERED
            else f"发信失败（退出码 {self.code}）：{self.said}"
        )


def send_apart(config: Config, paths: Paths, *, grace: float = GRACE) -> Sending:
    """Send what is due by `chengxin mail send` in a child process, which is killed when its time is over.

    A delivery that it had in hand then is found `sending` by the next one, and repeated once. Nothing to do without
    `[mail.smtp]`.
    """
    smtp = config.district.mail.smtp
    if smtp is None:
        return Sending(0, "")
    seconds = smtp.session_seconds + grace
    try:
        done = subprocess.run(
            _command(config.folder, paths), cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Sending(TIMED_OUT, f"{seconds:.0f} 秒还没有发完；没有发出的信下次再发")
    except OSError as error:  # no memory for a process, say: the night has ended well all the same
        return Sending(3, f"发信进程起不来（{error.strerror}）")
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return Sending(done.returncode, lines[-1].removeprefix("错误：") if lines else "")


def _command(district: Path, paths: Paths) -> list[str]:
    return [
        sys.executable,
        "-m",
        "cli",
        "mail",
        "send",
        "--district",
        str(district),
        "--var",
        str(paths.root.resolve()),
    ]
