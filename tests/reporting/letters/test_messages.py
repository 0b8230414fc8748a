"""One digest a unit a night: the right people, the right items, the same bytes, no injection."""

import re
import stat
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

from core.domain.config import Config, Contact, Mail
from core.domain.errors import DeliveryError
from core.domain.models import Alert, Channel, Evaluation, Outcome, RulingKind
from core.domain.ruling_validity import newest_words
from core.runtime.entry_links import EntryLinks, read_token
from reporting.citations import citation_lines
from reporting.letters.messages import (
    LetterContext,
    compose_digest,
    compose_notice,
    contact_of,
    letter_to,
    outbox_name,
    write_outbox,
)
from reporting.lookup import open_lookup
from tests.support.sample_quarter import AT, CHECKS, HOSTILE, IDENTITY, sample, sample_alerts, sample_config

NIGHT, HEAD = date(2026, 7, 30), "ab" * 32


def compose(
    recipient: str = "yjj",
    *,
    config: Config | None = None,
    judgement: Evaluation | None = None,
    alerts: Sequence[Alert] | None = None,
    links: EntryLinks | None = None,
) -> EmailMessage:
    known, evaluation, facts = sample()
    evaluation = judgement or evaluation
    lookup = open_lookup(config or known, evaluation, facts, CHECKS)
    context = LetterContext(lookup=lookup, night=NIGHT, head=HEAD, links=links)
    return compose_digest(
        letter_to(context, recipient, sample_alerts(evaluation.evidence) if alerts is None else alerts)
    )


def sample_context(night: date = NIGHT, head: str = HEAD) -> LetterContext:
    return LetterContext(lookup=open_lookup(*sample(), CHECKS), night=night, head=head)


def parsed(message: EmailMessage) -> EmailMessage:
    """The message as another program reads it."""
    read = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = parsed(message).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def with_mail(**mail: Any) -> Config:
    config = sample_config(simulated=False)
    district = config.district.model_copy(update={"mail": config.district.mail.model_copy(update=mail)})
    return config.model_copy(update={"district": district})


def with_contacts(*contacts: Contact, trial: bool = False) -> Config:
    config = with_mail(trial=trial)
    units = tuple(one.model_copy(update={"contacts": contacts}) if one.slug == "yjj" else one for one in config.units)
    return config.model_copy(update={"units": units})


def test_headers() -> None:
    read = parsed(compose(config=with_mail()))
    assert read["Subject"] == "【待核实 2 项·临期 1 项·已解决 1 项】政务诚信提醒：应急管理局（2026-07-30）"
    assert read["From"].addresses[0].addr_spec == "chengxin@office.example"
    assert read["From"].addresses[0].display_name == "淮安市淮安区信用办"
    assert read["Date"].datetime == AT.replace(microsecond=0)
    assert read["Message-ID"].endswith("@office.example>")
    assert read["Auto-Submitted"] == "auto-generated"
    words, listed = read.iter_parts()
    assert [part.get_content_type() for part in words.iter_parts()] == ["text/plain", "text/html"]
    assert listed.get_filename() == "事项清单-应急管理局-2026-07-30.xlsx"
    sheet = load_workbook(BytesIO(listed.get_content()))["事项清单"]
    assert [cell.value for cell in sheet[4]][1:3] == ["答复", "答复内容"] and sheet["B2"].value == "yjj"
    assert sheet.max_row == 4 + sum(
        one.evidence != "" for one in sample_alerts(sample()[1].evidence) if one.to == "yjj"
    )


def test_a_simulated_district_says_so() -> None:
    message = compose(config=sample_config(simulated=True))
    assert parsed(message)["Subject"].startswith("【模拟】【待核实")
    assert "模拟数据" in body(message)
    assert "模拟数据" in body(message, "html")


def test_on_trial_everything_goes_to_the_office() -> None:
    message = compose(config=with_mail(trial=True))
    assert [one.addr_spec for one in parsed(message)["To"].addresses] == ["office@office.example"]
    assert "原定收件人：应急管理局联系人（联系人，yjj@unit.example）" in body(message)
    assert "yjj@unit.example" in body(message, "html")


def test_released_mail_goes_to_the_contact() -> None:
    message = compose(config=with_mail(trial=False))
    assert [one.addr_spec for one in parsed(message)["To"].addresses] == ["yjj@unit.example"]
    assert "试运行" not in body(message)


def test_a_released_letter_has_its_units_link_whole_and_the_same_each_time() -> None:
    links, config = EntryLinks("https://desk.example", "secret"), with_mail(trial=False)
    letters = [compose(config=config, links=links) for _ in range(2)]
    assert letters[0].as_bytes() == letters[1].as_bytes()
    link = re.search(r"https://desk\.example/own/enter/(\S+)\n", body(letters[0]))
    assert link is not None and f'href="{link[0].strip()}"' in body(letters[0], "html")
    said = read_token("secret", link[1])
    assert said is not None and (said.unit, said.letter) == ("yjj", "2026-07-30-yjj")
    assert said.until == AT.replace(microsecond=0) + timedelta(days=14)


@pytest.mark.parametrize("whose", ["on trial", "the office's", "nobody's", "no address"])
def test_a_letter_that_the_office_reads_has_no_link(whose: str) -> None:
    links = EntryLinks("https://desk.example", "secret") if whose != "no address" else None
    config = with_contacts() if whose == "nobody's" else with_mail(trial=whose == "on trial")
    message = compose("office" if whose == "the office's" else "yjj", config=config, links=links)
    assert "/own/enter/" not in body(message) + body(message, "html")


_AGO, _AHEAD = NIGHT - timedelta(days=1), NIGHT


@pytest.mark.parametrize(
    ("contact", "deputy", "expected"),
    [
        (_AHEAD, None, "a"),
        (_AGO, None, "b"),
        (_AGO, _AHEAD, "b"),
        (_AGO, _AGO, "c"),
        (None, None, "a"),
    ],
)
def test_the_deputy_takes_over(contact: date | None, deputy: date | None, expected: str) -> None:
    config = with_contacts(
        Contact(name="丙", email="c@u.example", role="leader"),
        Contact(name="乙", email="b@u.example", role="deputy", valid_until=deputy),
        Contact(name="甲", email="a@u.example", valid_until=contact),
    )
    found = contact_of(config, "yjj", NIGHT)
    assert found is not None
    assert found.email == f"{expected}@u.example"
    assert parsed(compose(config=config))["To"].addresses[0].addr_spec == found.email


@pytest.mark.parametrize("contacts", [(), (Contact(name="甲", email="a@u.example", valid_until=_AGO),)])
def test_nobody_in_office_means_the_office(contacts: tuple[Contact, ...]) -> None:
    message = compose(config=with_contacts(*contacts))
    assert parsed(message)["To"].addresses[0].addr_spec == "office@office.example"


@pytest.mark.parametrize(
    "email", ["没有@", "a@b\r\nBcc: x@y.z", "a b@c.example", "", "局长@单位.example", "a@b.example, c@d.example"]
)
def test_an_impossible_address_is_refused(email: str) -> None:
    with pytest.raises(DeliveryError, match="邮箱地址不合法"):
        compose(config=with_contacts(Contact(name="甲", email="a@b.example").model_copy(update={"email": email})))


@pytest.mark.parametrize("field", ["office_name", "unit", "contact"])
def test_no_header_can_be_injected(field: str) -> None:
    evil = "甲\r\nBcc: victim@evil.example\n\n<b>正文</b>"
    config = with_contacts(Contact(name=evil if field == "contact" else "甲", email="a@u.example"))
    if field == "office_name":
        mail = config.district.mail.model_copy(update={"office_name": evil})
        config = config.model_copy(update={"district": config.district.model_copy(update={"mail": mail})})
    if field == "unit":
        units = tuple(one.model_copy(update={"aliases": (evil,)}) if one.slug == "yjj" else one for one in config.units)
        config = config.model_copy(update={"units": units})
    read = parsed(compose(config=config))
    assert read["Bcc"] is None
    assert len(read["To"].addresses) == 1
    assert "正文" not in read.keys()  # noqa: SIM118
    assert "<b>正文" not in body(compose(config=config), "html")


def test_same_night_same_bytes_and_another_night_another_id() -> None:
    assert compose().as_bytes() == compose().as_bytes()
    other = compose_digest(
        letter_to(sample_context(NIGHT + timedelta(days=1)), "yjj", sample_alerts(sample()[1].evidence))
    )
    assert other["Message-ID"] != compose()["Message-ID"]
    assert compose("spj")["Message-ID"] != compose()["Message-ID"]
    assert outbox_name("yjj", NIGHT) == "2026-07-30-yjj" == compose()["X-Chengxin-Key"]


def test_the_groups_and_what_they_say() -> None:
    text = body(compose())
    places = [text.index(title) for title in ("逾期（待核实）（2）", "临期（1）", "已解决（1）")]
    assert places == sorted(places)
    assert "行政处罚 淮安应罚〔2026〕31号　淮安市楚州食品有限公司" in text
    assert "期限：2026-07-15（当日 24 时止），迟 1 天" in text
    assert "期限：2026-08-02（当日 24 时止），还剩 2 天" in text
    assert "依据：\n     - 报送记录：应急管理局2026年7月双公示.xlsx · 行政处罚 · 第 33 行" in text
    assert "应由谁办：贵单位" in text
    assert "怎么办：请补报并说明原因。" in text
    assert "请在附件“事项清单”的“答复”一栏填写后回复本邮件" in text
    assert HEAD in text


def test_both_parts_carry_the_same_items() -> None:
    _, judgement, _ = sample()
    own = [alert for alert in sample_alerts(judgement.evidence) if alert.to == "yjj"]
    for kind in ("plain", "html"):
        text = body(compose(), kind)
        for alert in own:
            assert judgement.decisions[alert.decision].number in text


def test_a_ruling_decides_the_group() -> None:
    _, judgement, facts = sample()
    keys = {ruling.word: key for key, ruling in newest_words(facts.rulings).items()}
    for word, title in (
        (RulingKind.CONFIRM, "逾期（已核实）（1）"),
        (RulingKind.DISMISS, "已撤回（1）"),
        (RulingKind.AMEND, "已撤回（1）"),
    ):
        alert = next(one for one in sample_alerts(judgement.evidence) if one.evidence == keys[word])
        text = body(compose(alert.to, alerts=[alert]))
        assert title in text
        assert "复核裁定：" in text


def test_the_office_hears_of_portals_and_reviews() -> None:
    text = body(compose("office"))
    assert "不能有效核查或有变化的公示栏目（1）" in text
    assert "自 2026-07-27 起连续 4 晚没有有效核查（网站防护要求通过浏览器验证、网站没有按时回答）" in text
    assert "待复核事项（3）" in text
    assert "单位：城管局" in text
    assert "回复本邮件" not in text


def test_an_unknown_stage_is_still_told() -> None:
    alert = Alert(key="k", to="yjj", stage="comet", title="彗星来了", sentence="没有人见过的提醒")
    text = body(compose(alerts=[alert]))
    assert "其他提醒（1）" in text
    assert "1. 彗星来了" in text


def test_nobody_gets_anothers_alerts_and_nobody_an_empty_digest() -> None:
    _, judgement, _ = sample()
    foreign = [
        judgement.decisions[alert.decision].number for alert in sample_alerts(judgement.evidence) if alert.to == "spj"
    ]
    assert foreign
    assert not [number for number in foreign if number in body(compose("yjj"))]
    with pytest.raises(ValueError, match="没有给 hedi 的提醒"):
        compose("hedi")


def test_hostile_text_stays_text_and_identities_stay_masked() -> None:
    alert = Alert(
        key="k", to="yjj", stage="breached", title=HOSTILE + IDENTITY, sentence=HOSTILE + IDENTITY, todo=HOSTILE
    )
    message = compose(alerts=[alert])
    html = body(message, "html")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    for text in (html, body(message), str(parsed(message)["Subject"])):
        assert IDENTITY not in text
        assert "\u202e" not in text
    assert "\nBcc:" not in body(message)


def test_the_html_part_loads_nothing() -> None:
    for recipient in ("yjj", "office"):
        html = body(compose(recipient), "html")
        assert not [word for word in ("<img", "<link", "src=", "url(", "href=") if word in html]


def test_outbox_is_whole_private_and_written_once(tmp_path: Path) -> None:
    path = write_outbox(tmp_path / "outbox", compose(), outbox_name("yjj", NIGHT))
    first = path.read_bytes()
    assert first == compose().as_bytes(policy=SMTP)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    later = compose(judgement=replace(sample()[1], at=AT + timedelta(hours=1)))
    assert later.as_bytes() != first
    assert write_outbox(tmp_path / "outbox", later, "2026-07-30-yjj") == path
    assert path.read_bytes() == first
    assert [one.name for one in path.parent.iterdir()] == ["2026-07-30-yjj.eml"]


def test_committed_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    committed = compose().as_bytes(policy=SMTP)
    assert write_outbox(tmp_path, committed, "x").read_bytes() == committed


def test_without_a_head_nothing_is_said_of_one() -> None:
    message = compose_digest(letter_to(sample_context(head=""), "yjj", sample_alerts(sample()[1].evidence)))
    assert "X-Chengxin-Head" not in message
    assert "存证链头" not in body(message)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "双公示", "a\nb", "x" * 200])
def test_outbox_takes_no_path_for_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="不能用作文件名"):
        write_outbox(tmp_path, compose(), name)
    assert not list(tmp_path.iterdir())


def test_a_failed_rename_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DeliveryError, match="发件箱写不进去"):
        write_outbox(tmp_path, compose(), "x")
    assert not list(tmp_path.iterdir())


def test_a_head_that_looks_like_somebodys_number_is_printed_whole() -> None:
    head = "ab" * 10 + "320803197201031217" + "cd" * 13
    message = parsed(compose_digest(letter_to(sample_context(head=head), "yjj", sample_alerts(sample()[1].evidence))))
    assert message["X-Chengxin-Head"].strip() == head  # the line was folded
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    assert len(texts) == 2 and all(head in "".join(text.split()) for text in texts)


# ---------------------------------------------------------------- what a card says


def two_channels() -> tuple[Evaluation, list[Alert]]:
    """A decision not published on either channel."""
    _, evaluation, facts = sample()
    ruled = newest_words(facts.rulings)
    breaches = (e for e in evaluation.evidence if e.outcome is Outcome.BREACHED and e.key not in ruled)
    one = next(e for e in breaches if e.decision and e.channel)
    other = Channel.DEPARTMENT if one.channel is Channel.CREDIT else Channel.CREDIT
    two = replace(one, key=f"{one.key}-other", channel=other, sentence="另一渠道也没有")
    both = replace(evaluation, evidence=(*evaluation.evidence, two))
    return both, [a for a in sample_alerts(both.evidence) if a.evidence in (one.key, two.key) and a.stage == "breached"]


def test_a_decision_missing_on_both_channels_is_one_card_with_two_numbers_to_answer() -> None:
    evaluation, alerts = two_channels()
    unit = alerts[0].to
    message = compose(unit, config=with_mail(trial=False), judgement=evaluation, alerts=alerts)
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert "（1）" in text and text.count("怎么办") == 1 and text.count("计分") == 1
        assert text.count("事项号") - text.count("“事项号”") == 2 and "另一渠道也没有" in text
    assert parsed(message)["Subject"].startswith("【待核实 1 项】")
    sheet = load_workbook(BytesIO(next(iter(parsed(message).iter_attachments())).get_content()))["事项清单"]
    assert sheet.max_row == 4 + 2


def test_a_reader_is_given_numbers_of_evidence_and_no_hash() -> None:
    evaluation, alerts = two_channels()
    for message in (compose(alerts[0].to, judgement=evaluation, alerts=alerts), compose("yjj")):
        for kind in ("plain", "html"):
            text = body(message, kind)
            assert "SHA-256" not in text and "存证号" in text
            assert not re.search(r"\b[0-9a-f]{12,}\b", text.replace(HEAD, ""))


@pytest.mark.parametrize(("family", "opened"), [("html-list", False), ("json-api", True), ("cmsweb-api", True)])
def test_a_letter_gives_no_address_of_an_interface(family: str, opened: bool) -> None:
    """`opened`: whether the column's page stands in place of what was asked."""
    evaluation, alerts = two_channels()
    config, _, facts = sample()
    portals = tuple(portal.model_copy(update={"family": family}) for portal in config.portals)
    lookup = open_lookup(config.model_copy(update={"portals": portals}), evaluation, facts, CHECKS)
    context = LetterContext(lookup=lookup, night=NIGHT, head=HEAD)
    text = body(compose_digest(letter_to(context, alerts[0].to, alerts)))
    item = evaluation.evidence[-1]
    asked = [facts.captures[p.ref].url for p in item.proofs if p.kind == "capture"]
    shown = [url for url in asked if url in text.split()]
    columns = [portal.url for portal in portals if portal.url in text.split()]
    assert columns and (not opened or not set(shown) - {portal.url for portal in portals})


def test_a_card_says_whether_points_hang_on_it() -> None:
    evaluation, alerts = two_channels()
    config, _, facts = sample()
    check = evaluation.evidence[-1].check
    for indicators, said in (((), "计分：不计分"), (config.scheme.indicators, "计分：计入指标")):
        scheme = config.scheme.model_copy(update={"indicators": indicators})
        assert not indicators or any(check in i.checks for i in indicators)
        lookup = open_lookup(config.model_copy(update={"scheme": scheme}), evaluation, facts, CHECKS)
        letter = letter_to(LetterContext(lookup=lookup, night=NIGHT, head=HEAD), alerts[0].to, alerts)
        assert said in body(compose_digest(letter))


def test_an_address_that_is_no_records_own_page_is_given_as_its_columns() -> None:
    """A list of any family may be asked for in pieces that no person opens: by a proxy, by POST."""
    evaluation, _ = two_channels()
    config, _, facts = sample()
    one = evaluation.evidence[-1]
    piece = "https://jtj.example/module/web/jpage/dataproxy.jsp?page=1"
    cited = [p.ref for p in one.proofs if p.kind == "capture"]
    own = next(iter(facts.sightings.values())).url
    for url, given in ((piece, False), (own, True)):
        captures = facts.captures | {ref: replace(facts.captures[ref], url=url) for ref in cited}
        lookup = open_lookup(config, evaluation, replace(facts, captures=captures), CHECKS)
        lines = citation_lines(lookup, tuple(p for p in one.proofs if p.kind == "capture"))
        assert lines and all((line.page == url) is given and line.page for line in lines)
        assert all(line.url == url for line in lines)  # the evidence itself says what was asked


@pytest.mark.parametrize("telephone", ["13812345678", "0517-85912345 转 8001", "（0517）85912345"])
def test_the_offices_own_telephone_is_printed_whole(telephone: str) -> None:
    config = with_mail(trial=False, telephone=telephone)
    assert all(telephone in body(compose(config=config), kind) for kind in ("plain", "html"))
    context = LetterContext(lookup=open_lookup(config, *sample()[1:], CHECKS), night=NIGHT, head=HEAD)
    assert telephone in compose_notice(letter_to(context, "yjj", sample_alerts(sample()[1].evidence)))


@pytest.mark.parametrize("telephone", ["<b>110</b>", "电话见网站", "1\n2", IDENTITY, "1" * 61])
def test_what_is_no_telephone_is_refused_where_it_is_written(telephone: str) -> None:
    known = sample_config().district.mail.model_dump()
    with pytest.raises(ValidationError, match="telephone"):
        Mail.model_validate(known | {"telephone": telephone})


def test_a_letter_names_whom_to_ask() -> None:
    asked = compose(config=with_mail(contact="王芳", telephone="0517-80000000"))
    assert all("王芳　0517-80000000" in body(asked, kind) for kind in ("plain", "html"))
    assert "有疑问请联系" not in body(compose(config=with_mail()))
