"""A small city: districts whose columns share hosts on loopback, each host telling what it was asked and when."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

from core.domain.clock import ZONE
from simulation import bare_district

NIGHT = datetime(2026, 8, 30, 1, 0, tzinfo=ZONE)
DELAY = 0.05  # seconds between two requests that every column promises
PORTAL = """name = "{name}"
channel = "department"
kinds = ["penalty"]
unit = "{unit}"
family = "html-list"
url = "{base}/{column}/index.html"
marker = "双公示专栏"
list_date = "published"
allow_private = true
delay_seconds = {delay}
[options]
container = "ul.list"
pager = "none"
total = '/共\\s*(\\d+)\\s*条/'
"""


@dataclass(slots=True)
class Host:
    """One site. `asked`: (path, when it came, when it was answered), on the monotonic clock."""

    rows: int
    slow: float
    asked: list[tuple[str, float, float]] = field(default_factory=list)
    base: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str) -> bytes | None:
        """The page at a path."""
        began = time.monotonic()
        time.sleep(self.slow)
        with self._lock:
            self.asked.append((path, began, time.monotonic()))
        _, column, name = (*path.split("/"), "", "")[:3]
        if name == "index.html":
            return _list(column, self.rows)
        return _detail(column, int(name.removesuffix(".html"))) if name.removesuffix(".html").isdigit() else None

    @property
    def name(self) -> str:
        """Its name in addresses, without a port."""
        return self.base.removeprefix("http://").partition(":")[0]

    def lists(self) -> list[str]:
        """The lists that were asked for, in order."""
        return [path for path, *_ in self.asked if path.endswith("index.html")]

    def overlaps(self) -> int:
        """How many requests came while another was not answered."""
        times = sorted((began, ended) for _, began, ended in self.asked)
        return sum(later < ended for (_, ended), (later, _) in pairwise(times))

    def gaps(self) -> list[float]:
        """Seconds between the beginnings of two requests as they came in here, in order."""
        return [later - earlier for earlier, later in pairwise(sorted(began for _, began, _ in self.asked))]

    def hurried(self, delay: float) -> list[tuple[float, float]]:
        """(gap before, gap) of each request that came sooner than `delay` seconds after another, unless it was that one
        that came late, as it may from a busy processor: then the two gaps together are long enough."""
        gaps = [float("inf"), *self.gaps()]
        return [(before, gap) for before, gap in pairwise(gaps) if gap < delay and before + gap < 2 * delay]


def _list(column: str, rows: int) -> bytes:
    lines = "".join(
        f'<li><a href="/{column}/{n}.html">{_party(column, n)}行政处罚公示</a><span>{_day(n)}</span></li>'
        for n in range(1, rows + 1)
    )
    page = f"<html><body><h2>双公示专栏</h2><ul class='list'>{lines}</ul><p>共 {rows} 条</p></body></html>"
    return page.encode()


def _detail(column: str, n: int) -> bytes:
    cells = {
        "行政处罚决定书文号": f"某罚〔2026〕{_number(column, n)}号", "行政相对人名称": _party(column, n),
        "处罚决定日期": f"{_day(n) - timedelta(days=3 + n % 9)}", "违法事实": "占道经营", "处罚内容": "罚款 200 元",
        "处罚机关": "某局",
    }  # fmt: skip
    table = "".join(f"<tr><td>{name}</td><td>{text}</td></tr>" for name, text in cells.items())
    head = f"<h1>双公示专栏 {_party(column, n)}</h1><p>发布日期：{_day(n)}</p>"
    return f"<html><body>{head}<table>{table}</table></body></html>".encode()


def _number(column: str, n: int) -> int:
    """Far from every other column's: which of two like numbers came first is chance, and their pair tells it."""
    return 1000 + 977 * int(column[1:]) + 83 * n


def _party(column: str, n: int) -> str:
    return f"{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{column}号{n}商贸有限公司"


def _day(n: int) -> date:
    return NIGHT.date() - timedelta(days=1 + n)


@contextmanager
def served(count: int, rows: int = 6, slow: float = 0.02) -> Iterator[list[Host]]:
    """So many hosts, each at a loopback address of its own."""
    hosts, servers = [Host(rows, slow) for _ in range(count)], []
    try:
        for n, host in enumerate(hosts):
            server = ThreadingHTTPServer((f"127.0.0.{2 + n}", 0), _handler(host))
            servers.append(server)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            host.base = f"http://127.0.0.{2 + n}:{server.server_port}"
        yield hosts
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _handler(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = host.answer(self.path)
            self.send_response_only(404 if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A city of so many districts with so many columns each. `apart`: every district has a host of its own for all its
    columns; else its columns stand on several hosts, and neighbours share their lists. `delay`: seconds between two
    requests that every column promises."""

    districts: int
    columns: int = 3
    delay: float = DELAY
    apart: bool = False

    def place(self, district: int, column: int, hosts: int) -> tuple[int, str]:
        """(number of the host, name of the column there)."""
        if self.apart:
            return district, f"c{district * self.columns + column}"
        at = (district + column) % hosts
        return at, f"c{at}"


def write_city(folder: Path, database: str, hosts: Sequence[Host], plan: Plan) -> list[str]:
    """Write the city's folder; the districts' slugs."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f'name = "某市"\ndatabase = "{database}"\ndata = "var"\nplan_minutes = 5\nnight_hours = 5\n'
    (folder / "city.toml").write_text(text, "utf-8")
    names = [f"d{n:02}" for n in range(plan.districts)]
    for n, name in enumerate(names):
        _write_district(folder / "districts" / name, n, hosts, plan)
    return names


def _write_district(folder: Path, number: int, hosts: Sequence[Host], plan: Plan) -> None:
    bare_district.district(folder, {}, "citizen_every_days = 0")
    units = [f'[[unit]]\nslug = "u{k}"\nname = "某{k}局"\nkind = "dept-a"\n' for k in range(plan.columns)]
    (folder / "units.toml").write_text("\n".join(units), "utf-8")
    for k in range(plan.columns):  # each column has acts and a unit of its own: which of two shows first is chance
        at, column = plan.place(number, k, len(hosts))
        text = PORTAL.format(
            name=f"某{k}局·双公示", base=hosts[at].base, column=column, unit=f"u{k}", delay=plan.delay
        )  # fmt: skip
        (folder / "portals" / f"p{k}.toml").write_text(f'id = "p{k}"\n{text}', "utf-8")
