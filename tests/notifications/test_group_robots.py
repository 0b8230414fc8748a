"""Groups are told by apprise: one line, to services with a fixed host, once; no night is stopped by it."""

import json
from datetime import datetime
from urllib.parse import urlsplit

import pytest
import requests
from apprise import Apprise
from pydantic import ValidationError

import scheduler
from core.domain.clock import ZONE, Clock
from core.domain.config import Config, GroupRobot
from core.domain.errors import ConfigError
from core.runtime.heartbeat import Beat
from notifications import group_robots
from notifications.group_robots import HOSTS, robots_of
from notifications.webhooks import Channel, tell
from pipeline.config_check import check_config
from tests.notifications.test_webhooks import TOLD, Receiver, receiver
from tests.support.filed_district import NOW, Office

VARIABLE = "CHENGXIN_APPRISE_URL"
KEYS = {
    "wecombot": "abcd1234-ab12-cd34-ef56-abcdef123456", "dingtalk": "a" * 64,
    "lark": "abcdefab-abcd-abcd-abcd-abcdefabcdef", "schan": "SCT123456abcdef",
}  # fmt: skip


def robot(service: str) -> GroupRobot:
    """A robot of a service that no file may name."""
    return GroupRobot(service="feishu", seconds=4).model_copy(update={"service": service})


def robots(config: Config, *named: GroupRobot) -> Config:
    return config.model_copy(update={"district": config.district.model_copy(update={"robots": named})})


def channel(config: Config, monkeypatch: pytest.MonkeyPatch, url: str) -> list[Channel]:
    """A robot of the schema `json`, which only a test may have: it goes to any host."""
    monkeypatch.setenv(VARIABLE, url)
    return list(robots_of(robots(config, robot("json")), ("json",)))


def test_a_group_gets_the_line_and_nothing_else(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as base:
        assert tell(channel(office.config, monkeypatch, f"json://{base[7:]}/a"), TOLD) == {}
    ((path, _, body),) = Receiver.got
    said = json.loads(body)
    assert path == "/a" and said["message"] == TOLD.line and said["title"] == "" and said["attachments"] == []


@pytest.mark.parametrize("path", ["away", "broken", "drip"])
def test_who_does_not_take_it_is_told_once_and_by_name_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with receiver() as base:
        failed = tell(channel(office.config, monkeypatch, f"json://{base[7:]}/{path}"), TOLD)
    assert list(failed) == ["apprise json"] and base[7:] not in failed["apprise json"]
    assert [where for where, _, _ in Receiver.got] == [f"/{path}"]  # neither again nor elsewhere


@pytest.mark.parametrize("service", HOSTS)
def test_each_service_has_its_host_and_no_other(monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    known = Apprise.instantiate(f"{service}://{KEYS.get(service, 'abc-DEF_123')}{group_robots._OPTIONS.format(3)}")
    assert known is not None and known.request_timeout == (3, 3)
    asked: list[str] = []

    def post(url: str, **options: object) -> requests.Response:
        assert options["allow_redirects"] is False and options["verify"] is True
        asked.append(url)
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "post", post)
    assert not known.notify(body="x")
    assert [urlsplit(url)[:2] for url in asked] == [("https", HOSTS[service])]


@pytest.mark.parametrize(
    "service", ["json", "jsons", "xml", "form", "syslog", "dbus", "gnome", "macosx", "mailto", "ntfy"]
)
def test_no_other_service_goes_out(office: Office, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    with pytest.raises(ValidationError):
        GroupRobot(service=service)
    monkeypatch.setenv(VARIABLE, f"{service}://127.0.0.1/x")
    for named in (robot(service), robot("feishu")):
        with pytest.raises(ConfigError, match=r"apprise\.url_env"):
            list(robots_of(robots(office.config, named)))


@pytest.mark.parametrize(
    "url", ["", "feishu:/x", "json://127.0.0.1", "feishu://x?verify=no", "https://open.feishu.cn/x"]
)
def test_an_address_that_is_none_is_told_without_its_key(
    office: Office, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(ConfigError, match=VARIABLE) as error:
        list(robots_of(robots(office.config, GroupRobot(service="feishu"))))
    assert not url or url not in str(error.value)


def test_without_the_package_it_is_told_what_to_install_and_webhooks_are_told_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(group_robots, "find_spec", lambda _: None)
    beat = Beat(verdict="ran", at=datetime(2026, 10, 12, 2, tzinfo=ZONE), run="2026-10-12", looked=20, of=22)
    scheduler._tell_others(robots(office.config, GroupRobot(service="feishu")), office.paths, beat, Clock.stopped(NOW))
    assert "apprise：没有安装 apprise：pip install chengxin[apprise]" in capsys.readouterr().err
    file = office.config.folder / "district.toml"
    said = file.read_text("utf-8")
    file.write_text(said + '\n[[apprise]]\nservice = "feishu"\n', "utf-8")
    assert [fault.key for fault in check_config(office.config.folder, NOW.date()).faults] == ["apprise"]
    file.write_text(said, "utf-8")
