"""What-if on screen: who would move, by the same reckoning as the command; nothing is changed by it."""

import pytest

from pipeline.newest import newest_night
from pipeline.whatif import changed_scheme, if_scheme, score_changes
from tests.desk.conftest import Enter
from tests.support.desk_town import Town


def state(town: Town) -> list[bytes]:
    files = sorted(path for path in town.desk.folder.rglob("*.toml"))
    return [path.read_bytes() for path in files]


@pytest.mark.parametrize(("what", "value"), [("1.1:points", "8"), ("grades:red", "99")])
def test_who_would_move_is_what_the_command_says(
    town: Town, enter: Enter, what: str, value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = state(town)
    page = enter("head").get("/scheme", {"set": what, "value": value}).content.decode()
    from core.domain.periods import parse_period
    from desk.as_it_stands import reckoned

    with town.desk.session() as session:
        district = reckoned(town.desk).district(session)
        scheme = changed_scheme(town.desk.folder / town.desk.config.district.scheme, [f"{what}={value}"])
        then = session.at(newest_night(session))
        after = if_scheme(then, parse_period(district.period), scheme, tmp_path_factory.mktemp("work"))
        moved = [m for m in score_changes(district.scores, after) if not m.is_still]
    told = page.split("假如：", 1)[1].split("</section>", 1)[0]
    assert f"改为 {value}" in told and told.count("<tr>") - 1 == len(moved) if moved else "谁也不变" in told
    assert state(town) == before


CANNOT = (
    {"set": "1.1:points", "value": "x"}, {"set": "1.1:points", "value": "-3"}, {"set": "../x", "value": "1"},
    {"set": "deadline:days", "value": "1"}, {"reading": "nothing", "choice": "x"},
)  # fmt: skip


@pytest.mark.parametrize("asked", CANNOT)
def test_what_cannot_be_tried_is_said(town: Town, enter: Enter, asked: dict[str, str]) -> None:
    done = enter("head").get("/scheme", asked)
    assert done.status_code == 422


def test_a_leader_tries_readings_and_no_values(town: Town, enter: Enter) -> None:
    client = enter("leader")
    page = client.get("/scheme").content.decode()
    assert "试算谁会变</button>" not in page
    assert client.get("/scheme", {"set": "1.1:points", "value": "8"}).status_code == 422
    address = page.split('href="/scheme?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert "假如：" in client.get(f"/scheme?{address}").content.decode()
