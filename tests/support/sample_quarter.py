"""A made-up district with a quarter's judgement: every reason of the law of proof occurs, nothing is real."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.domain.calendar import Calendar
from core.domain.clock import ZONE
from core.domain.config import Config, Contact, District, Mail, Portal, Unit
from core.domain.interpretations import Interpretation, Provenance
from core.domain.models import (
    Alert,
    Capture,
    Channel,
    Citation,
    Decision,
    Evaluation,
    Evidence,
    EvidenceSubject,
    Facts,
    Finding,
    Grade,
    IndicatorScore,
    Kind,
    Look,
    Outcome,
    PossibleLink,
    Ruling,
    RulingKind,
    Run,
    Score,
    ScoreItem,
    Sighting,
    Submission,
    ZeroReport,
)
from core.domain.reason_codes import CheckText, ReasonCode
from core.domain.scheme import Deadline, Duty, Grades, Indicator, Scheme

FIRST, NIGHTS = date(2026, 7, 1), 30
AT = datetime(2026, 7, 31, 1, 12, 30, tzinfo=ZONE)
IDENTITY = "320803199001011237"  # made up; the check digit is sound
HOSTILE = "<script>alert(1)</script>\u202e\r\nBcc: x@y.z"
UNITS = (
    ("scjgj", "淮安市淮安区市场监督管理局", "市场监管局"),
    ("spj", "淮安市淮安区行政审批局", "行政审批局"),
    ("zjj", "淮安市淮安区住房和城乡建设局", "住建局"),
    ("yjj", "淮安市淮安区应急管理局", "应急管理局"),
    ("cgj", "淮安市淮安区城市管理局", "城管局"),
    ("wjw", "淮安市淮安区卫生健康委员会", "卫健委"),
    ("jtj", "淮安市淮安区交通运输局", "交通局"),
    ("sthj", "淮安市淮安生态环境局", "生态环境局"),
    ("jrj", "淮安市淮安区金融管理局", "金融管理局"),
    ("hedi", "河下街道办事处", "河下街道"),
)
P, I = Outcome.BREACHED, Outcome.INCONCLUSIVE  # noqa: E741
REASONS: tuple[tuple[Outcome, str, tuple[int, int | None] | None], ...] = (
    (Outcome.MET, "published-in-time", None),
    (Outcome.MET, "published-in-time", None),
    (Outcome.MET, "published-in-time", None),
    (Outcome.MET, "in-time-as-stated", None),
    (P, "published-late", (2, 3)),
    (P, "not-published", (6, None)),
    (P, "late-as-stated", (4, 4)),
    (I, "one-look-only", (1, 2)),
    (I, "late-as-stated-unwatched", None),
    (I, "stated-date-disproved", None),
    (I, "no-look-around-deadline", None),
    (Outcome.PENDING, "due", None),
    (I, "could-be-unlinked", None),
    (I, "may-have-been-withdrawn", None),
    (I, "could-not-look", None),
    (Outcome.NOT_APPLICABLE, "no-duty", None),
    (I, "duty-unclear", None),
    (I, "decision-date-unknown", None),
    (I, "decision-date-disputed", None),
    (I, "calendar-unknown", None),
    (I, "calendars-disagree", None),
    (I, "no-portal", None),
    (I, "a-slug-nobody-has-registered", None),
)


def _codes(*sentences: tuple[str, str]) -> tuple[ReasonCode, ...]:
    """Codes with sentences: what reports read of them."""
    return tuple(ReasonCode(code, sentence, frozenset(Outcome)) for code, sentence in sentences)


CHECKS = {
    text.name: text
    for text in (
        CheckText(
            name="published_within_deadline",
            title_met="决定在期限内公示",
            title_breached="决定未在期限内公示",
            action="请核对该决定是否已公示：未公示的立即补公示；已公示的请回复公示网址和时间；依法不公开的请报送理由。",
            responsible="unit",
            codes=_codes(
                ("published-in-time", "期限内已抓取到公示记录"),
                ("published-late", "期限届满后两次完整核查均未见公示，其后才出现"),
                ("one-look-only", "期限届满后只有一次完整核查未见公示，证据不足"),
                ("in-time-as-stated", "网站所载公示日期在期限内，核查记录与之相符"),
                ("late-as-stated", "网站自己标注的公示日期晚于期限"),
                ("late-as-stated-unwatched", "网站所载公示日期晚于期限，但期限前尚未开始监测，待人工复核"),
                ("stated-date-disproved", "网站所载公示日期与核查记录不符，不能采信"),
                ("no-look-around-deadline", "期限前后没有有效核查，网站也未载公示日期"),
                ("due", "尚在期限内"),
                ("could-be-unlinked", "有未能读取或未能关联的公示记录可能就是该决定"),
                ("not-published", "期限届满后两次完整核查均未见公示"),
                ("may-have-been-withdrawn", "有效核查均晚于最早可依法撤下之日，可能曾公示后撤下"),
                ("could-not-look", "期限届满后没有有效核查，无法判断"),
                ("no-duty", "该决定无须公示"),
                ("duty-unclear", "是否应当公示尚不明确，待信用办认定"),
                ("decision-date-unknown", "没有任何来源写明决定日期"),
                ("decision-date-disputed", "各来源的决定日期不一致，按不同日期判断结果不同"),
                ("calendar-unknown", "所需年度的工作日安排尚未公布"),
                ("calendars-disagree", "自然日与工作日两种口径结论不同"),
                ("no-portal", "没有配置该渠道的公示栏目，无法核查"),
            ),
        ),
        CheckText(
            name="reported_within_deadline",
            title_met="决定在期限内报送归集",
            title_breached="决定未在期限内报送归集",
            action="请补报并说明原因。",
            responsible="unit",
            codes=_codes(
                ("reported-in-time", "期限内已报送"),
                ("reported-late", "报送时间晚于期限"),
                ("not-submitted", "没有找到报送记录"),
            ),
        ),
        CheckText(
            name="person_is_masked",
            title_met="公示中的个人信息已作隐去处理",
            title_breached="公示中有未隐去的居民身份证号码",
            action="请立即隐去公示页面（含网址）中的居民身份证号码。",
            responsible="unit",
            codes=_codes(
                ("masked", "未发现未隐去的居民身份证号码"),
                ("identity-number-in-clear", "公示页面有未隐去的居民身份证号码（校验位正确）"),
            ),
        ),
    )
}


def at(day: date, hour: int = 0, minute: int = 31, second: int = 0) -> datetime:
    """A moment in Asia/Shanghai."""
    return datetime.combine(day, time(hour, minute, second), ZONE)


def sample_config(**district: Any) -> Config:
    """The district; `district` overrides values of district.toml."""
    units = tuple(
        Unit(
            slug=slug,
            name=name,
            kind="town" if slug == "hedi" else "dept-b" if slug == "jrj" else "dept-a",
            aliases=(alias,),
            contact=(
                Contact(name=f"{alias}联系人", email=f"{slug}@unit.example", valid_until=date(2026, 12, 31)),
                Contact(name=f"{alias}替补", email=f"{slug}-2@unit.example", role="deputy"),
            ),
        )
        for slug, name, alias in UNITS
    )
    base = {
        "slug": "sample",
        "name": "淮安市淮安区",
        "office": "淮安市淮安区信用办",
        "credit_site": "信用淮安区",
        "scheme": "scheme.toml",
        "simulated": True,
        "mail": Mail(
            sender="chengxin@office.example", office="office@office.example", office_name="淮安市淮安区信用办"
        ),
    }
    return Config(
        folder=Path("districts/sample"),
        district=District.model_validate(base | district),
        units=units,
        portals=_portals(),
        scheme=_scheme(),
        scheme_hash=_hash("scheme"),
        hash=_hash("config"),
    )


def _portals() -> tuple[Portal, ...]:
    credit = [
        Portal(
            id=f"credit-{kind}",
            name=f"信用淮安区·{name}",
            channel=Channel.CREDIT,
            kinds=(kind,),
            family="table",
            url=f"https://credit.example/{kind}/",
            marker="信用淮安区",
        )
        for kind, name in ((Kind.LICENCE, "行政许可"), (Kind.PENALTY, "行政处罚"))
    ]
    own = [
        Portal(
            id=f"{slug}-sgs",
            name=f"{alias}·双公示专栏",
            channel=Channel.DEPARTMENT,
            kinds=(Kind.LICENCE, Kind.PENALTY),
            unit=slug,
            family="cmsweb",
            url=f"https://{slug}.example/col/list.html",
            marker=alias,
        )
        for slug, _, alias in UNITS[:8]
    ]
    off = Portal(
        id="jrj-sgs",
        name="金融管理局·双公示专栏",
        channel=Channel.DEPARTMENT,
        kinds=(Kind.LICENCE,),
        unit="jrj",
        family="cmsweb",
        url="https://jrj.example/",
        marker="金融",
        enabled=False,
        note="栏目地址待核实，未启用",
    )
    return (*credit, *own, off)


def _scheme() -> Scheme:
    rows: tuple[tuple[str, str, str, Provenance, tuple[str, ...]], ...] = (
        ("1.1", "双公示", "10", "text", ("published_within_deadline", "reported_within_deadline")),
        ("1.2", "其他行政信息", "5", "text", ()),
        ("1.3", "承诺与合同履约", "5", "text", ()),
        ("2.1", "制度建设", "10", "text", ()),
        ("3.1", "信易批", "5", "text", ()),
        ("3.x", "重点领域（重建）", "20", "lost", ()),
        ("3.z", "失信管理", "15", "reading", ()),
        ("4.1", "宣贯教育", "7", "text", ()),
        ("6.1", "创新案例", "10", "text", ()),
    )
    indicators = tuple(
        Indicator(
            code=code,
            section="一",
            title=title,
            text=f"{title}：许可、处罚信息在7天内完成系统归集，得{points}分。",
            points=Decimal(points),
            applies_to=("town", "dept-a", "dept-b"),
            period="quarter",
            rule="all-or-nothing",
            checks=checks,
            provenance=mark,
            enabled=mark != "lost",
            note="" if mark == "text" else "原文残缺，按残留文字重建，默认不启用",
        )
        for code, title, points, mark, checks in rows
    )
    return Scheme(
        version="2022.1",
        title="淮安区政务诚信综合评价方案",
        source="淮信用办〔2022〕6号",
        effective_from=date(2022, 1, 1),
        deadline=Deadline(days=7, calendar="natural", provenance="text", note="方案写“7天”，国家规定为 7 个工作日。"),
        grades=Grades(red=Decimal(85), blue=Decimal(60)),
        reading=(
            Interpretation(
                slug="credit-sighting-counts",
                title="信用网站见到即算归集",
                text="期限内报送，或期限内在“信用淮安区”见到，都算按时归集。",
                set_at="没有开关",
            ),
            Interpretation(slug="town-award-validity", title="诚信镇创建的有效期", text="过期为 0 分。", enabled=False),
        ),
        duty=(
            Duty(
                kind=Kind.PENALTY, category="警告", only=True, duty="unknown", note="仅警告的处罚是否公示，待信用办认定"
            ),
            Duty(kind=Kind.LICENCE, duty="yes", removal_months=None, provenance="text"),
        ),
        indicator=indicators,
    )


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class Sample:
    """Collects facts and evidence while decisions are made up."""

    config: Config
    looks: dict[str, Look] = field(default_factory=dict)
    captures: dict[str, Capture] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)

    def look(self, portal: Portal, night: date, place: int) -> None:
        """One night's look; some nights are missed, some prove nothing."""
        turn = (night.toordinal() + place * 5) % 29
        if night == date(2026, 7, 17) or turn == 3:
            return  # the whole night, or this portal's, was missed
        failing = turn in {7, 8, 9} if place == 4 else turn == 11
        whole = not failing and turn % 7 == 0
        look_id = f"{night}/{portal.id}/1"
        self.looks[look_id] = Look(
            id=look_id,
            run=str(night),
            portal=portal.id,
            kind="full" if whole else "window",
            past_caches=whole,
            started_at=at(night),
            finished_at=at(night, 0, 33, 20),
            genuine=not failing,
            parsed=not failing,
            whole=whole,
            floor=None if failing else str(night),
            pages=3,
            rows=0 if failing else 45,
            total=128,
            reasons=("waf-challenge",) if failing else (),
            unknown_labels=("公示编号（新）", HOSTILE) if place == 2 and turn % 9 == 0 else (),
        )
        for page in range(1, 4):
            url = portal.url + (f"?page={page}" if page > 1 else "")
            self.captures[f"{look_id}#{page}"] = Capture(
                id=f"{look_id}#{page}",
                look=look_id,
                url=url,
                status=412 if failing else 200,
                sha256=_hash(look_id + url),
                size=18_000,
                received_at=at(night, 0, 31, 2 * page),
            )

    def decision(self, n: int) -> None:
        """Decision `n`: one submission, one sighting or none, evidence of three checks."""
        slug, _, alias = UNITS[n % 9]
        kind = Kind.LICENCE if n % 3 else Kind.PENALTY
        due = REASONS[n % len(REASONS)][1] == "due"
        decided = FIRST + timedelta(days=n % 4 + 24 if due else n % 23)
        number = f"淮安{alias[0]}{'许' if kind is Kind.LICENCE else '罚'}〔2026〕{n + 1}号"
        party = (
            "淮安市楚州食品有限公司",
            "江苏河下建设工程有限公司淮安分公司（原淮安市河下第二建筑安装工程公司）",
            "王某某",
            HOSTILE,
            f"张三 {IDENTITY}",
        )[n % 5]
        row = Submission(
            id=f"s{n}",
            unit=slug,
            kind=kind,
            workbook=f"{alias}2026年7月双公示.xlsx",
            workbook_sha256=_hash(alias),
            sheet=f"行政{'许可' if n % 3 else '处罚'}",
            row=n + 3,
            name=party,
            number_text=number,
            decided_on=decided,
            reported_at=at(decided + timedelta(days=3), 9),
            received_at=at(decided + timedelta(days=4), 10),
        )
        self.submissions[row.id] = row
        reviews = (
            (
                PossibleLink(
                    left=row.id, right="f-unlinked", level="名称+日期", score=78, why="名称只差“有限责任公司”，日期相同"
                ),
            )
            if n % 17 == 5
            else ()
        )
        key = f"d{n}"
        self.decisions[key] = Decision(
            id=key,
            unit=slug,
            kind=kind,
            number=number,
            name=party,
            decided_on=(decided,),
            submissions=(row.id,),
            reviews=reviews,
        )
        self._published(n, key, slug, decided)
        self._reported(n, key, slug, decided)
        if n % 6 == 0:
            self._masked(n, key, slug, decided)

    def _published(self, n: int, key: str, unit: str, decided: date) -> None:
        outcome, slug, span = REASONS[n % len(REASONS)]
        channel = Channel.CREDIT if n % 2 else Channel.DEPARTMENT
        deadline = Calendar().deadline(decided, 7, "natural")
        portal = "credit-licence" if channel is Channel.CREDIT else f"{unit}-sgs"
        other = {"published-late": "working:met:published-in-time", "not-published": f"working:breached:{slug}"}.get(
            slug, f"working:{outcome}:{slug}"
        )
        self.evidence.append(
            Evidence(
                key=f"published_within_deadline|{key}|{channel}",
                check="published_within_deadline",
                unit=unit,
                decision=key,
                channel=channel,
                outcome=outcome,
                slug=slug,
                sentence=f"{'信用网站' if channel is Channel.CREDIT else '部门门户'}：{slug} 的具体说明",
                deadline=deadline,
                late_days=span,
                other_calendar=other,
                decided_on=decided,
                proofs=(Citation("submission", f"s{n}"), *self._proofs(portal, deadline.date(), n)),
            )
        )

    def _proofs(self, portal: str, deadline: date, n: int) -> tuple[Citation, ...]:
        late = [
            look
            for look in self.looks.values()
            if look.portal == portal and look.started_at.date() > deadline and look.genuine
        ]
        found = [Citation("look", look.id, f"{look.started_at:%Y-%m-%d %H:%M} 核查未见") for look in late[:2]]
        if not late:
            return ()
        sight = late[-1]
        ref = f"{portal}|row{n}"
        self.sightings[ref] = Sighting(
            look=sight.id,
            portal=portal,
            row_key=f"row{n}",
            content_hash="c",
            sort_key="2026",
            seen_at=sight.started_at,
            title=f"关于第{n}号的公示",
            url=f"https://credit.example/d/{n}",
            listed_on=sight.started_at.date(),
            capture=f"{sight.id}#1",
        )
        return (*found, Citation("sighting", ref, "首次见到"), Citation("capture", f"{sight.id}#1", "列表页"))

    def _reported(self, n: int, key: str, unit: str, decided: date) -> None:
        late = n % 13 == 4
        self.evidence.append(
            Evidence(
                key=f"reported_within_deadline|{key}",
                check="reported_within_deadline",
                unit=unit,
                decision=key,
                outcome=Outcome.BREACHED if late else Outcome.MET,
                slug="reported-late" if late else "reported-in-time",
                sentence="报送时间晚于期限" if late else "期限内已报送",
                deadline=Calendar().deadline(decided, 7, "natural"),
                late_days=(1, 1) if late else None,
                decided_on=decided,
                proofs=(Citation("submission", f"s{n}"),),
            )
        )

    def _masked(self, n: int, key: str, unit: str, decided: date) -> None:
        clear = n == 12
        look = next(iter(self.looks))
        capture = f"{look}#id"
        self.captures[capture] = Capture(
            id=capture,
            look=look,
            url=f"https://credit.example/detail?code={IDENTITY}%20&id=9",
            status=200,
            sha256=_hash("id"),
            size=9,
            received_at=at(FIRST),
        )
        self.evidence.append(
            Evidence(
                key=f"person_is_masked|{key}",
                check="person_is_masked",
                unit=unit,
                decision=key,
                outcome=Outcome.BREACHED if clear else Outcome.MET,
                slug="identity-number-in-clear" if clear else "masked",
                sentence=f"公示页面有未隐去的居民身份证号码：{IDENTITY}" if clear else "未发现",
                decided_on=decided,
                proofs=(Citation("capture", capture, f"网址 {self.captures[capture].url}"),) if clear else (),
            )
        )


def sample(change: Callable[[Sample], None] | None = None, decisions: int = 60) -> tuple[Config, Evaluation, Facts]:
    """The district, its judgement and the facts behind it; `change` may spoil the sample before it is sealed."""
    made = Sample(sample_config())
    for place, portal in enumerate(one for one in made.config.portals if one.enabled):
        for offset in range(NIGHTS):
            made.look(portal, FIRST + timedelta(days=offset), place)
    for n in range(decisions):
        made.decision(n)
    if change:
        change(made)
    judgement = Evaluation(
        at=AT,
        period="2026Q3",
        decisions=made.decisions,
        evidence=tuple(made.evidence),
        scores=_scores(made),
    )
    return (
        made.config,
        judgement,
        Facts(
            looks=made.looks,
            captures=made.captures,
            submissions=made.submissions,
            findings=made.findings,
            sightings=made.sightings,
            zero_reports=(
                ZeroReport(
                    id="z",
                    unit="hedi",
                    kind=Kind.PENALTY,
                    month="2026-07",
                    workbook="河下7月.xlsx",
                    workbook_sha256=_hash("z"),
                    sheet="零报告",
                    row=2,
                    received_at=AT,
                ),
            ),
            runs=(
                Run(
                    id="2026-07-30",
                    started_at=at(date(2026, 7, 30)),
                    code_version="0.1.0+abc1234",
                    config_hash=_hash("config"),
                ),
            ),
            rulings=_rulings(made),
        ),
    )


def breaches(made: Sample) -> list[Evidence]:
    """All evidence with a breach, in order."""
    return [one for one in made.evidence if one.outcome is Outcome.BREACHED]


def _rulings(made: Sample) -> tuple[Ruling, ...]:
    words = (RulingKind.CONFIRM, RulingKind.DISMISS, RulingKind.AMEND)
    return tuple(
        Ruling(
            id=f"r{n}",
            subject=EvidenceSubject(one.key),
            word=word,
            by="李核",
            why="现场核对公示后台记录",
            at=AT - timedelta(hours=20),
        )
        for n, (one, word) in enumerate(zip(breaches(made), words, strict=False))
    )


def _scores(made: Sample) -> tuple[Score, ...]:
    return tuple(_score(made, slug, place) for place, (slug, _, _) in enumerate(UNITS))


def _score(made: Sample, slug: str, place: int) -> Score:
    rows = []
    for indicator in made.config.scheme.indicators:
        if not indicator.enabled:
            continue
        basis = tuple(one.key for one in made.evidence if one.unit == slug and one.check in indicator.checks)
        judged = bool(basis) or place in (1, 3)
        rows.append(
            IndicatorScore(
                code=indicator.code,
                title=indicator.title,
                points=indicator.points,
                judged=judged,
                provenance=indicator.provenance,
                items=(
                    ScoreItem(
                        low=indicator.points if place == 1 else Decimal(0),
                        high=Decimal(0) if basis and place != 1 else indicator.points,
                        why="2 项不符合（待核实）" if basis else "" if judged else "尚无核查手段，未评",
                        evidence=basis,
                    ),
                ),
            )
        )
    low, high = sum((r.low for r in rows), Decimal(0)), sum((r.high for r in rows), Decimal(0))
    total = sum((r.points for r in rows), Decimal(0))
    return Score(
        unit=slug,
        period="2026Q3",
        indicators=tuple(rows),
        won=(low, high),
        open_points=total,
        scaled=(low * 100 / total, high * 100 / total),
        total=(low * 100 / total, high * 100 / total),
        ceiling=(Grade.RED, Grade.RED),
        grade_low=Grade.RED if place == 1 else Grade.YELLOW,
        grade_high=Grade.RED if place < 7 else Grade.YELLOW,
        scheme="2022.1",
        scheme_hash=_hash("scheme"),
        to_settle=("1.2 其他行政信息（0–5 分）：尚无核查手段，未评",) if place not in (1, 7, 8, 9) else (),
    )


def sample_alerts(evidence: Iterable[Evidence]) -> tuple[Alert, ...]:
    """Alerts for some evidence: breaches and deadlines to the units, portals and reviews to the office."""
    alerts = [
        Alert(
            key="portal-down|zjj-sgs|2026-07-27",
            to="office",
            stage="portal-down",
            title="栏目无法有效核查：住建局·双公示专栏",
            sentence="自 2026-07-27 起连续 4 晚没有有效核查（网站防护要求通过浏览器验证、网站没有按时回答）",
            todo="请核对栏目地址和网站状态；在恢复之前不据此认定未公示。",
        )
    ]
    for one in evidence:
        if one.outcome is Outcome.BREACHED:
            alerts.append(_alert(one, one.unit, "breached"))
        elif one.outcome is Outcome.PENDING:
            alerts.append(_alert(one, one.unit, "due"))
        elif one.slug == "could-be-unlinked":
            alerts.append(_alert(one, "office", "review"))
        elif one.slug == "in-time-as-stated":
            alerts.append(_alert(one, one.unit, "resolved"))
    return tuple(alerts)


def _alert(one: Evidence, to: str, stage: str) -> Alert:
    return Alert(
        key=f"{stage}|{one.key}",
        to=to,
        stage=stage,
        decision=one.decision,
        evidence=one.key,
        title=f"{stage}：{one.decision}",
        sentence=one.sentence,
        todo=CHECKS[one.check].action,
        deadline=one.deadline,
    )
