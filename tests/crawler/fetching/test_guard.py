"""Hostile addresses: nothing is connected to that a portal did not name, however it is written."""

import re
from pathlib import Path

import pytest

from core.domain.origins import is_public
from crawler.fetching.guard import RequestRefused, origin_of
from tests.support.hostile_servers import RawSite, crawl, http, list_page, portal
from tests.support.site_runs import district

# ---------------------------------------------------------------- addresses

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::", "2001:0:7f00:1::80ff:fffe", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "202.102.192.68", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1"]
)
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", [
    "http://good.example@127.0.0.1/", "http://user:word@good.example/", "http://good.example\\@127.0.0.1/",
    "http:\\\\good.example\\",
    "http://good.example /", "http://good.example\t/", "http://good.example\n.evil.example/",
    "http://good.example\x00/",
    "file:///etc/passwd", "ftp://good.example/", "data:text/html,x", "javascript:alert(1)", "gopher://good.example/",
    "//good.example/",
    "good.example/", "", "http://", "http:///x", "http://good.example:99999/", "http://good.example:x/", "http://[::1",
    "http://good%2eexample/",
    "http://１２７.0.0.1/", "http://127。0。0。1/", "http://good．example/", "http://-x/",
])  # fmt: skip
def test_an_address_that_two_readers_could_understand_differently_is_refused(url: str) -> None:
    with pytest.raises(RequestRefused):
        origin_of(url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://good.example/x", ("good.example", 80)),
        ("HTTPS://GOOD.Example/X", ("good.example", 443)),
        ("http://good.example:8080/a?b=http://evil.example/@", ("good.example", 8080)),
        ("http://[::1]:81/", ("::1", 81)),
        ("http://xn--fiqs8s.example/", ("xn--fiqs8s.example", 80)),
    ],
)
def test_an_address_has_one_origin(url: str, origin: tuple[str, int]) -> None:
    assert origin_of(url) == origin


# how an address inside is written; all lead to the loopback server where nothing guards
SPELLINGS = {
    "name": "localhost", "by-name": "inside.test", "ten": "ten.test", "metadata": "metadata.test",
    "one-of-two": "two.test", "six": "six.test",
    "decimal": "2130706433", "hex": "0x7f.1", "octal": "0177.0.0.1", "short": "127.1", "mapped": "[::ffff:127.0.0.1]",
    "upper": "LOCALHOST",
    "dot": "localhost.", "width": "１２７.0.0.1", "dots": "127。0。0。1", "plain": "127.0.0.1",
}  # fmt: skip
INSIDE = {
    "inside.test": [["127.0.0.1"]], "ten.test": [["10.0.0.1"]], "metadata.test": [["169.254.169.254"]],
    "two.test": [["8.8.8.8", "127.0.0.1"]], "six.test": [["::ffff:127.0.0.1"]],
}  # fmt: skip
NOT_NAMED = {
    "userinfo": "http://good.test@127.0.0.1:{port}/a.html",
    "backslash": "http://good.test\\@127.0.0.1:{port}/a.html",
    "file": "file:///etc/hostname",
    "ftp": "ftp://127.0.0.1:{port}/a.html",
    "data": "data:text/html,行政处罚",
    "port": "http://127.0.0.1:99999/a.html",
    "javascript": "javascript:fetch('http://127.0.0.1:{port}/')",
}


def test_no_spelling_of_an_address_inside_is_connected_to(tmp_path: Path) -> None:
    private = "allow_private = false"
    with RawSite({"/a.html": http(list_page())}) as site:
        portals = {name: portal(f"http://{host}:{site.port}/a.html", private) for name, host in SPELLINGS.items()}
        portals |= {name: portal(url.format(port=site.port)) for name, url in NOT_NAMED.items()}
        night = crawl(tmp_path, district(tmp_path / "d", portals), names=INSIDE)
        assert site.connections == 0
    reasons = {name: look.reasons for name, look in night.looks.items()}
    assert set(reasons) == {*SPELLINGS, *NOT_NAMED}
    for name in NOT_NAMED:
        assert reasons[name] == ("outside-hosts",), name
    for name in SPELLINGS:
        assert reasons[name] in {("private-address",), ("outside-hosts",), ("connection",)}, (name, reasons[name])
        if name not in {"dot", "width", "dots"}:
            assert reasons[name] == ("private-address",), name


def test_details_lead_nowhere_but_to_named_hosts_and_ports(tmp_path: Path) -> None:
    other = RawSite({})
    with RawSite({}) as site, other:
        rows = [
            site.base + "/art/100001.html",
            other.base + "/art/100002.html",
            "http://good.test@" + other.base[7:] + "/art/100003.html",
        ]
        items = "".join(
            f'<li><a href="{url}" title="甲罚〔2026〕{n}号">甲罚〔2026〕{n}号</a>'
            '<div class="lb-time">2026-11-01</div></li>'
            for n, url in enumerate(rows)
        )
        page = re.sub(r"<ul>.*</ul>", f"<ul>{items}</ul>", list_page(3))
        site.answers = {"/a.html": http(page), "/art/100001.html": http("<html><body><p>某</p></body></html>")}
        night = crawl(tmp_path, district(tmp_path / "d", {"p": portal(site.base + "/a.html")}))
        assert other.connections == 0, "a port that nobody named"
        assert "/art/100001.html" in site.paths()
    assert "detail-unread" in night.looks["p"].reasons


def test_a_port_that_the_portal_names_is_asked(tmp_path: Path) -> None:
    with RawSite({}) as site, RawSite({"/art/100000.html": http("<html><body>某</body></html>")}) as other:
        site.answers = {"/a.html": http(list_page(1, base=other.base))}
        named = portal(site.base + "/a.html", f'hosts = ["127.0.0.1:{other.port}", "127.0.0.1"]')
        crawl(tmp_path, district(tmp_path / "d", {"p": named}))
        assert other.paths() == ["/art/100000.html"]


def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere(tmp_path: Path) -> None:
    """DNS rebinding: the second server stands where the name would lead when it is looked up again."""
    with (
        RawSite({"/a.html": http(list_page())}) as checked,
        RawSite({}, address="127.0.0.9", port=checked.port) as inside,
    ):
        config = district(tmp_path / "d", {"p": portal(f"http://moves.test:{checked.port}/a.html")})
        night = crawl(
            tmp_path, config, passes=2, names={"moves.test": [["127.0.0.1"], ["127.0.0.9"]]}, DNSCACHE_ENABLED=False
        )
        assert inside.connections == 0
        assert checked.paths() == ["/a.html"] * 2
    assert night.looks["p"].whole
    assert night.looked_up == ["moves.test"]
