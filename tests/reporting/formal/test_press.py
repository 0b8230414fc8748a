"""Pages printed side by side: the same bytes in the order asked for, and an end with a word where a process fails."""

import os
import signal
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from core.domain.errors import DeliveryError
from reporting.formal import press, print_child
from reporting.formal.pdf import to_pdf
from reporting.formal.press import Press, press_for

DAY = date(2026, 10, 12)


def page(words: str) -> str:
    return f'<!DOCTYPE html><html lang="zh-CN"><head><title>{words}</title></head><body><p>{words}</p></body></html>'


HOSTILE = page('名称</p><img src="file:///etc/passwd"><p>\ud800 \u202e' + "长" * 9_000)
PAGES = [page("很长的一份 " * 3_000), *(page(f"告知书 {n}") for n in range(5)), HOSTILE.replace("\ud800", "")]


def pids(opened: Press) -> list[int]:
    return [process._process.pid for process in opened._started]


def running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_what_is_printed_is_the_same_in_whatever_process_and_order() -> None:
    here = [to_pdf(html, DAY) for html in PAGES]
    with closing(Press(2)) as opened:
        asked = [opened.print(html, DAY) for html in PAGES]
        assert [answer() for answer in reversed(asked)] == here[::-1]
        assert len(pids(opened)) == 2
        began = pids(opened)
    assert not any(map(running, began))


def test_few_pages_are_printed_here_and_many_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "PROCESSES", 2)
    with press_for(press.FEW, lambda _: None) as few, press_for(press.FEW + 1, lambda _: None) as many:
        assert not isinstance(getattr(few, "__self__", None), Press)
        assert isinstance(getattr(many, "__self__", None), Press)
    monkeypatch.setattr(press, "PROCESSES", 1)
    with press_for(100, lambda _: None) as alone:
        assert not isinstance(getattr(alone, "__self__", None), Press)


def test_a_process_that_is_killed_ends_the_work_with_a_word() -> None:
    with closing(Press(1)) as opened:
        opened.print(PAGES[1], DAY)()
        (pid,) = pids(opened)
        waiting = [opened.print(html, DAY) for html in (page("长 " * 200_000), PAGES[2])]
        os.kill(pid, signal.SIGKILL)
        for answer in waiting:
            with pytest.raises(DeliveryError, match=r"打印 PDF 的进程意外结束（-9）"):
                answer()


def test_a_process_that_cannot_begin_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "child.py"
    broken.write_text("import sys\nsys.stderr.write('x' * 300_000)\nraise RuntimeError('没有这个库')\n", "utf-8")
    monkeypatch.setattr(press, "CHILD", broken)
    with closing(Press(2)) as opened:
        answers = [opened.print(html, DAY) for html in PAGES]
        for answer in answers:
            with pytest.raises(DeliveryError, match=r"意外结束.*没有这个库"):
                answer()


@pytest.mark.parametrize(
    ("limits", "words", "said"),
    [
        ({"memory": 400 * 1024**2}, "长" * 20_000_000, "内存不够"),
        ({"seconds": 0.2}, "<p>长</p>" * 100_000, "超过 0.2 秒"),
    ],
)
def test_a_page_that_takes_too_much_is_given_up(limits: dict[str, int], words: str, said: str) -> None:
    with closing(Press(1, **limits)) as opened, pytest.raises(DeliveryError, match=said):
        opened.print(page(words), DAY)()


def test_whoever_leaves_by_an_error_leaves_no_process_and_waits_for_none() -> None:
    began = time.monotonic()
    opened = Press(2)
    with pytest.raises(KeyboardInterrupt), closing(opened):
        opened.print(PAGES[1], DAY)()
        for _ in range(50):
            opened.print(page("<p>长</p>" * 100_000), DAY)
        raise KeyboardInterrupt
    assert pids(opened) and not any(map(running, pids(opened)))
    assert time.monotonic() - began < 60


def test_a_machine_without_the_libraries_is_told_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    body = Path(print_child.__file__).read_text("utf-8")
    root = f"Path({str(Path(print_child.__file__).parents[2])!r})"
    child.write_text(
        body.replace("Path(__file__).resolve().parents[2]", root)
        .replace(
            "        import weasyprint",
            "        sys.modules['weasyprint'] = Missing('weasyprint')\n        import weasyprint",
        )
        .replace(
            "if __name__",
            "from types import ModuleType\nclass Missing(ModuleType):\n"
            "    def __getattr__(self, name):\n        raise OSError('libpango')\n\n\nif __name__",
        ),
        "utf-8",
    )
    monkeypatch.setattr(press, "CHILD", child)
    with closing(Press(1)) as opened, pytest.raises(DeliveryError, match="本机缺少排版库"):
        opened.print(PAGES[1], DAY)()
