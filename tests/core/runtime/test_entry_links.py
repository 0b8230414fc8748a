"""Links to a unit's own page: the same letter has the same link, and nobody else can make, lengthen or turn one."""

import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.runtime.desk_secret import desk_secret
from core.runtime.entry_links import LIFE, EntryLinks, read_token, without_links
from core.runtime.paths import Paths

AT = datetime(2026, 7, 30, 8, 30, tzinfo=ZONE)
LINKS = EntryLinks("https://desk.example.invalid", "secret")


def token() -> str:
    return LINKS.link("scjgj", "2026-07-30-scjgj", AT).rpartition("/")[2]


def test_a_link_says_its_letter_its_unit_and_its_last_moment() -> None:
    said = read_token("secret", token())
    assert said is not None
    assert (said.letter, said.unit, said.until) == ("2026-07-30-scjgj", "scjgj", AT + timedelta(days=14))
    assert LINKS.link("scjgj", "2026-07-30-scjgj", AT) == LINKS.link("scjgj", "2026-07-30-scjgj", AT)
    assert LINKS.link("scjgj", "x", AT).startswith("https://desk.example.invalid/own/enter/")


def test_another_installation_signs_otherwise() -> None:
    assert read_token("another", token()) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace(".scjgj.", ".jtj."),
        lambda t: t.replace("2026-07-30", "2026-07-31"),
        lambda t: t.replace(str(int((AT + LIFE).timestamp())), str(int((AT + 2 * LIFE).timestamp()))),
        lambda t: t.replace(str(int((AT + LIFE).timestamp())), f"0{int((AT + LIFE).timestamp())}"),
        lambda t: t[:-1],
        lambda t: t + "0",
        lambda t: t.upper(),
        lambda t: t.rpartition(".")[0] + ".",
        lambda t: t.rpartition(".")[0] + ".é",
        lambda t: t.rpartition(".")[2],
        lambda t: "",
    ],
)
def test_what_was_changed_is_no_link(change: Callable[[str], str]) -> None:
    assert read_token("secret", change(token())) is None


@given(st.text(max_size=120))
def test_no_text_is_a_link_by_chance(text: str) -> None:
    assert read_token("secret", text) is None


@given(st.integers(min_value=0, max_value=len(token()) - 1), st.characters())
def test_no_character_of_it_can_be_another(place: int, character: str) -> None:
    whole = token()
    changed = whole[:place] + character + whole[place + 1 :]
    assert changed == whole or read_token("secret", changed) is None


def test_a_letter_is_shown_without_its_link() -> None:
    link = LINKS.link("scjgj", "2026-07-30-scjgj", AT)
    shown = without_links(f"请打开：\n{link}\n（14 天）")
    assert token() not in shown and token()[-40:] not in shown and "（14 天）" in shown


def test_the_secret_is_made_once_and_is_the_owners(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "var")
    first = desk_secret(paths)
    assert len(first) > 40 and desk_secret(paths) == first
    assert stat.S_IMODE(paths.desk_secret.stat().st_mode) == 0o600
    assert [file.name for file in paths.root.iterdir()] == ["desk.secret"]
