"""Columns of chance: every shape is sound and answers, a real browser reads it, the tally tells right from wrong."""

import json
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from core.domain.clock import ZONE
from core.domain.models import Channel, Decision, Evidence, Finding, Kind, Look, Outcome, Sighting
from core.domain.text import document_numbers, tight
from core.runtime.chromium import find_chromium
from crawler.extract.files import read_file
from crawler.pages import PageRequest, Response, Unparsed
from simulation.portals_of_chance.column import HOME, Column
from simulation.portals_of_chance.detail import file_of
from simulation.portals_of_chance.person import chromium, text_of_file, unreadable, visit
from simulation.portals_of_chance.report import Trial, table
from simulation.portals_of_chance.serve import PortalServer
from simulation.portals_of_chance.shape import (
    AXES,
    SIMPLEST,
    File,
    Link,
    Shape,
    from_line,
    settled,
    shape_of,
    shapes,
    smallest,
)
from simulation.portals_of_chance.story import NIGHTS, UNIT, Act, Story, counted, provable, rows_on
from simulation.portals_of_chance.truth import (
    PUBLISHED,
    Read,
    is_true_reason,
    judge_reading,
    told_late,
    wrong_accusations,
)
from simulation.sites.base import Request
from tests.support.portal_shapes import portal_shapes

LAST = len(NIGHTS) - 1
AT = datetime(2026, 8, 3, 1, tzinfo=ZONE)
QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@given(portal_shapes())
@QUICK
def test_a_shape_is_made_again_from_its_line(shape: Shape) -> None:
    assert from_line(shape.line()) == shape == settled(shape)


def test_a_line_that_names_no_axis_is_refused() -> None:
    with pytest.raises(ValueError, match="no such axis: colour"):
        from_line("colour=red")
    with pytest.raises(ValueError, match="carrier-pigeon"):
        from_line("transport=carrier-pigeon")


def test_every_choice_of_every_axis_can_be_drawn() -> None:
    drawn = [shape_of(Random(n), n) for n in range(2000)]
    never = [(axis, c.value) for axis, of in AXES.items() for c in of if all(getattr(s, axis) != c for s in drawn)]
    assert never == []


def test_a_failing_shape_shrinks_to_the_choices_that_make_it_fail() -> None:
    odd = from_line("transport=json-get pager=select titles=cut dates=milliseconds link=post layout=word-spans seed=4")
    small = smallest(odd, lambda shape: shape.dates == "milliseconds" and shape.link == "post")
    assert {part.partition("=")[0] for part in small.line().split()} == {
        "transport",
        "address",
        "dates",
        "link",
        "seed",
    }


def get(column: Column, path: str, night: int = 0) -> str:
    answer = column.answer(Request(method="GET", path=path), night)
    assert answer.status == 200, path
    return answer.body.decode("gb18030" if "gb18030" in column.shape.charset else "utf-8-sig")


NO_PAGES = {Link.DIALOG_JSON, Link.DIALOG_TOKEN, Link.PANEL}  # a browser reads these


@given(portal_shapes())
@QUICK
def test_every_shape_answers_with_its_column_and_every_record(shape: Shape) -> None:
    column = Column.of(shape)
    assert column.name in get(column, HOME)
    for row in column.story.rows(LAST):
        if shape.has_page and not shape.has_file and shape.link not in NO_PAGES:
            text = tight(get(column, f"/xzcf/art/{row.id}.html", LAST).replace("</span><span>", ""))
            assert all(tight(act.number) in text for act in row.acts)


def test_a_guarded_detail_is_answered_to_tonights_token_alone() -> None:
    column = Column.of(from_line("link=dialog-token seed=3"))
    row = column.story.visible(LAST)[0]
    path, token = f"/xzcf/art/{row.id}.html", f"tk0003{LAST}"
    assert f"var TOKEN='{token}'" in get(column, HOME, LAST)
    for sent, status in (("", 403), (token, 200), ("tk00031", 403)):
        request = Request(method="GET", path=path, headers={"x-token": sent})
        assert column.answer(request, LAST).status == status


def test_a_cursor_leads_to_every_row_and_everything_is_everything() -> None:
    column, at, ids = Column.of(from_line("transport=json-get paging=cursor pager=下一页")), "", list[str]()
    for _ in range(2):
        said = column.answer(Request(method="GET", path="/api/xzcf/list", query={"cursor": at}), 0)
        data = json.loads(said.body)["data"]
        ids, at = ids + [next(iter(row.values())) for row in data["rows"]], data["next"]
    assert len(set(ids)) == len(column.story.visible(0)) and at is None
    column = Column.of(from_line("transport=json-get paging=everything pager=下一页"))
    asked = Request(method="GET", path="/api/xzcf/list", query={"pageNo": "2"})
    assert len(json.loads(column.answer(asked, 0).body)["data"]["rows"]) == len(column.story.visible(0))


def test_a_pinned_row_beyond_the_count_stands_above_a_full_page() -> None:
    story = Story(from_line("life=pinned-beyond-count pager=下一页"))
    rows = story.visible(0)
    assert [len(rows_on(story.shape, rows, page)) for page in (1, 2)] == [6, 3]
    assert counted(story.shape, rows) == len(rows) - 1


def test_a_scan_says_nothing_to_a_program() -> None:
    shape = from_line("link=file file=scanned-pdf")
    body, media = file_of(shape, Story(shape).rows(0)[0])
    response = Response(
        url="http://a/x.pdf", status=200, body=body, request=PageRequest(url="http://a/x.pdf"),
        headers=(("Content-Type", media),),
    )  # fmt: skip
    with pytest.raises(Unparsed, match="file-scanned"):
        read_file(response)


@pytest.mark.parametrize("kind", [kind for kind in File if kind is not File.SCAN])
def test_an_attachment_says_what_its_row_holds(kind: File) -> None:
    shape = from_line(f"link=file file={kind.value} life=attachment-replaced")
    row = next(row for row in Story(shape).rows(LAST) if len(row.acts) == 2)
    text = tight(text_of_file(kind, file_of(shape, row)[0]))
    assert all(tight(act.number) in text for act in row.acts)


SEEN_BY_A_BROWSER = [
    "simplest",
    "transport=frame markup=nested-tables pager=select link=javascript: layout=prose-signed life=hidden-by-class",
    "matter=licence transport=json-post markup=dl pager=加载更多 dates=milliseconds link=data-id titles=cut",
    "transport=form-post markup=records pager=table-row labels=finance dates=split",
    "transport=json-get paging=cursor pager=加载更多 link=panel life=pinned-beyond-count parties=persons-某",
    "around=several-columns link=dialog-json parties=persons-* outage=details-500",
    "transport=json-post paging=everything pager=下一页 link=dialog-token layout=fines-by-party",
]


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="needs a Chromium")
def test_a_browser_reads_whatever_the_truth_holds() -> None:
    with chromium() as browser:
        for shape in [*map(from_line, SEEN_BY_A_BROWSER), *shapes(2, 7)]:
            column = Column.of(shape)
            with PortalServer(column) as site:
                site.set_night(LAST)
                assert unreadable(column, LAST, visit(browser, column, site.home, LAST, 1)) == [], shape.line()


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="needs a Chromium")
def test_a_browser_tells_what_it_cannot_read() -> None:
    told, shown = Column.of(SIMPLEST), Column.of(replace(SIMPLEST, seed=9))
    with chromium() as browser, PortalServer(shown) as site:
        assert len(unreadable(told, 0, visit(browser, told, site.home, 0, 0))) == len(told.story.visible(0)) + 1


# ---------------------------------------------------------------- the truth


def test_a_late_and_a_missing_publication_can_be_proved_on_the_third_night_or_when_the_site_is_well_again() -> None:
    story = Story(SIMPLEST)
    late, never = story.late.number, story.never.number
    assert provable(story) == {late: 2, never: 2}
    assert provable(Story(from_line("outage=500"))) == {Story(SIMPLEST).never.number: 3}
    assert provable(Story(from_line("extent=none"))) == {}


def test_a_hidden_row_stands_in_the_markup_and_is_told_to_nobody() -> None:
    story = Story(from_line("life=hidden-by-style"))
    assert story.unseen in [act for row in story.rows(1) for act in row.acts]
    assert story.unseen not in story.told(1)


def look(**more: Any) -> Look:
    base: dict[str, Any] = {
        "id": "r/chance/1", "run": "r", "portal": "chance", "kind": "full", "started_at": AT, "finished_at": AT,
        "genuine": True, "parsed": True, "whole": True,
    }  # fmt: skip
    return Look(**base | more)


def read_of(act: Act, **more: Any) -> Finding:
    base: dict[str, Any] = {
        "id": act.number, "portal": "chance", "row_key": act.number, "content_hash": "h", "kind": Kind.PENALTY,
        "unit": UNIT, "name": act.party.name, "numbers": document_numbers(act.number), "decided_on": act.decided,
        "fields": (("fine_yuan", str(act.fine)),), "observed_at": AT,
    }  # fmt: skip
    return Finding(**base | more)


def sightings(story: Story) -> list[Sighting]:
    return [
        Sighting(look="r/chance/1", portal="chance", row_key=str(row.id), content_hash="h", sort_key="", seen_at=AT,
                 title=row.title)
        for row in story.visible(0)
    ]  # fmt: skip


def test_a_reading_is_right_unproved_partly_right_or_nothing() -> None:
    story = Story(SIMPLEST)
    rows, read = sightings(story), [read_of(act) for act in story.told(0)]
    assert judge_reading(story, look(), rows, read).read is Read.RIGHT
    assert judge_reading(story, look(whole=False), rows, read).read is Read.UNPROVED
    lost = [replace(read[0], name="角色"), replace(read[1], fields=()), *read[2:]]
    assert judge_reading(story, look(), rows, lost).amiss == ("field fine", "field party wrong")
    assert judge_reading(story, look(), rows[1:], read[1:]).amiss == ("rows missing", "titles", "field number")
    assert judge_reading(story, look(), rows, []).read is Read.NOTHING
    assert (
        "strange number"
        in judge_reading(story, look(), rows, [*read, read_of(replace(story.never, number="x1号"))]).amiss
    )


def breach(number: str, check: str = PUBLISHED) -> tuple[Evidence, dict[str, Decision]]:
    evidence = Evidence(
        key=f"{check}|{number}", check=check, unit=UNIT, decision=number, channel=Channel.DEPARTMENT,
        outcome=Outcome.BREACHED, slug="published-late", sentence="",
    )  # fmt: skip
    return evidence, {number: Decision(id=number, unit=UNIT, kind=Kind.PENALTY, number=document_numbers(number)[0])}


def test_who_published_in_time_or_does_not_exist_is_accused_wrongly() -> None:
    story = Story(SIMPLEST)
    told = {act.number: breach(act.number) for act in (story.late, story.never, story.timely)}
    why = {n: [a.why for a in wrong_accusations(story, 2, [item], known)] for n, (item, known) in told.items()}
    assert why == {story.late.number: [], story.never.number: [], story.timely.number: ["published in time"]}
    item, known = breach("楚市监处罚〔2026〕1号")
    assert [a.why for a in wrong_accusations(story, 2, [item], known)] == ["no such decision"]


def test_a_breach_is_told_on_a_night_and_erased_when_it_is_told_no_more() -> None:
    story = Story(SIMPLEST)
    item, known = breach(story.never.number)
    assert told_late(story, [[], [], [item], [item]], known) == ({story.never.number: 2}, ())
    assert told_late(story, [[], [], [item], []], known) == ({story.never.number: 2}, (story.never.number,))


def test_a_refusal_is_true_where_it_names_what_stands_in_the_way() -> None:
    assert is_true_reason(from_line("transport=frame"), "列表在框架（iframe）里")
    assert not is_true_reason(SIMPLEST, "列表在框架（iframe）里")


def test_the_table_counts_every_shape_and_names_every_wrong() -> None:
    done = [
        Trial(shape=SIMPLEST, read=Read.RIGHT, provable={"a": 2}, told={"a": 2}),
        Trial(shape=from_line("transport=xml"), read=Read.REFUSED, amiss=("没有认出列表",), provable={"b": 2}),
        Trial(shape=from_line("link=file"), read=Read.PART, accused=("night 2 …",)),
    ]
    text = table(done)
    assert "shapes tried: 3" in text and "provable breaches: 2, told 1 (50%)" in text
    assert "accused wrongly: 1" in text and "accused: night 2 …\n        link=file" in text
