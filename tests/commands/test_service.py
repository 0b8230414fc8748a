"""The machine's files: every line of them runs a command that exists, and no person's change is overwritten."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from core.domain.config import load
from core.domain.errors import ConfigError, UsageError
from core.domain.models import Run
from core.runtime.paths import DEPLOY, Paths
from core.runtime.service_units import CITY_UNITS, UNITS, Installation, Manager, render, render_city, write_files
from core.runtime.system_packages import FONTS, OLD_WORD, PANGO
from core.storage.database import Store
from core.storage.runs import Runs
from pipeline.crawl import config_files
from tests.support.command_lines import refused
from tests.support.paths import HUAIAN, ROOT

PLACE = Installation(
    slug="a-b", name="某市某区", python=Path("/opt/chengxin/bin/python"), district=Path("/opt/区县 甲/mine"),
    var=Path("/var/lib/chengxin 甲"), backups=Path("/mnt/50%/备份"), account="chengxin", night_at="00:30",
)  # fmt: skip
HARDENED = (
    "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "User=chengxin",
    "CapabilityBoundingSet=", "RestrictSUIDSGID=yes", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    'ReadWritePaths="/var/lib/chengxin 甲"',
)  # fmt: skip
BROWSERLESS = ("RestrictNamespaces=yes", "SystemCallFilter=@system-service")
SERVICES = [unit for unit in UNITS if unit.endswith(".service")]
TIMERS = [unit for unit in UNITS if unit.endswith(".timer")]


def unit(name: str, manager: Manager = "system", place: Installation = PLACE) -> str:
    return next(file.text for file in render(place, manager) if file.name == f"chengxin-{place.slug}-{name}")


def settings(text: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment, method-assign]  # as configparser's own pages say it is done
    parsed.read_string(text)
    return parsed


def words_of_exec(text: str) -> list[str]:
    """What is run, as systemd would split it."""
    return [word.replace("%%", "%") for word in shlex.split(settings(text)["Service"]["ExecStart"])]


# ---------------------------------------------------------------- units


@pytest.mark.parametrize("manager", ["system", "user"])
@pytest.mark.parametrize("name", SERVICES)
def test_every_unit_runs_a_command_that_the_program_takes(name: str, manager: Manager) -> None:
    python, dash_m, module, *words = words_of_exec(unit(name, manager))
    assert (python, dash_m, module) == ("/opt/chengxin/bin/python", "-m", "cli")
    assert refused(words) == ""
    assert words[words.index("--var") + 1] == "/var/lib/chengxin 甲"
    assert not re.findall(r"@[A-Z_]+@", unit(name, manager))


def test_a_line_that_the_program_does_not_take_is_found() -> None:
    """The test of the test."""
    assert refused(["nihgt"]) and refused(["night", "--vra", "x"]) and refused(["backup-daily", "--daily", "x", "y"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_shut_in_as_far_as_its_work_allows(name: str) -> None:
    lines = unit(name).splitlines()
    assert not [line for line in HARDENED if line not in lines]
    service = settings(unit(name))["Service"]
    assert service["MemoryMax"] and service["TimeoutStartSec"]
    drawing = name in ("night.service", "desk.service")  # Chromium makes namespaces for its own sandbox
    assert all((line in lines) is not drawing for line in BROWSERLESS)


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "alarm@.service"])
def test_what_fails_raises_the_alarm(name: str) -> None:
    assert settings(unit(name))["Unit"]["OnFailure"] == "chengxin-a-b-alarm@%N.service"
    assert "%i" in words_of_exec(unit("alarm@.service"))


def test_a_night_that_restarts_fails_in_the_end() -> None:
    """Without a limit of starts a unit with Restart= never counts as failed, and OnFailure= never comes."""
    night = settings(unit("night.service"))
    attempts, hours = (
        int(night["Unit"]["StartLimitBurst"]),
        int(night["Unit"]["StartLimitIntervalSec"].removesuffix("h")),
    )
    each = timedelta(hours=int(night["Service"]["TimeoutStartSec"].removesuffix("h")), minutes=10)
    assert each * attempts < timedelta(hours=hours) < timedelta(hours=24)
    assert night["Service"]["RestartPreventExitStatus"] == "2"


def test_every_timer_has_a_service_and_the_night_its_hour() -> None:
    assert {name.removesuffix(".timer") for name in TIMERS} == {"night", "mail", "watch", "backup"}
    assert all(f"{name.removesuffix('.timer')}.service" in SERVICES for name in TIMERS)
    assert settings(unit("night.timer"))["Timer"]["OnCalendar"] == "*-*-* 00:30:00 Asia/Shanghai"
    assert settings(unit("mail.timer"))["Timer"]["OnCalendar"] == "*:0/10"


def test_homes_are_open_to_read_only_where_something_needed_stands_in_one() -> None:
    place = Installation(
        slug="a", name="甲", python=Path("/home/op/.venv/bin/python"), district=Path("/opt/d"), var=Path("/var/lib/c"),
        backups=Path("/var/b"), account="op", night_at="01:15",
    )  # fmt: skip
    assert "ProtectHome=read-only" in unit("night.service", place=place)


@pytest.mark.parametrize("path", ['/a"b', "/a$b", "/a\\b", "/a\nb"])
def test_a_path_that_such_files_cannot_carry_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="换一个路径"):
        render(replace(PLACE, var=Path(path)), "system")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="没有 systemd-analyze：单元文件没有经 systemd 自己核对")
@pytest.mark.parametrize("manager", ["system", "user"])
def test_systemd_itself_finds_no_fault(tmp_path: Path, manager: Manager) -> None:
    python, folder = tmp_path / "python", tmp_path / "units"
    python.symlink_to("/bin/true")
    place = Installation(
        slug="a-b", name="某市某区", python=python, district=Path("/opt/区县 甲"), var=tmp_path / "数据 50%",
        backups=tmp_path / "备份", account="daemon", night_at="00:30",
    )  # fmt: skip
    written = [str(path) for path in write_files(render(place, manager), folder)]
    said = _verify(manager, folder, written)
    assert said == (0, "")
    (folder / "chengxin-a-b-mail.service").write_text("[Service]\nType=oneshot\nExecStrat=/bin/true\n")
    assert "ExecStrat" in _verify(manager, folder, written)[1]  # the test of the test


def _verify(manager: str, folder: Path, units: list[str]) -> tuple[int, str]:
    where = {"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    command = ["systemd-analyze", f"--{manager}", "verify", "--man=no", *units]
    done = subprocess.run(command, env=where | {"XDG_RUNTIME_DIR": str(folder)}, capture_output=True, text=True)
    return done.returncode, done.stderr


CITY = Installation(
    slug="city", name="某市", python=Path("/opt/chengxin/bin/python"), district=Path("/opt/全市 甲"),
    districts=Path("/opt/全市 甲/districts"), var=Path("/var/lib/chengxin 甲"), backups=Path("/mnt/50%/备份"),
    account="chengxin", night_at="00:30",
)  # fmt: skip


def of_the_city(name: str, place: Installation = CITY) -> str:
    return next(file.text for file in render_city(place) if file.name == f"chengxin-city-{name}")


@pytest.mark.parametrize("name", CITY_UNITS)
def test_a_citys_units_run_what_the_program_takes_shut_in(name: str) -> None:
    text = of_the_city(name)
    words = [word.replace("${PORT}", "8421") for word in words_of_exec(text)[3:]]
    assert refused(words) == "" and not re.findall(r"@[A-Z_]+@", text)
    assert not [line for line in HARDENED if line not in text.splitlines()]
    service = settings(text)["Service"]
    assert service["Restart"] == "always" and service["MemoryMax"]


def test_a_districts_desk_sees_no_other_district_and_a_citys_none() -> None:
    lines = of_the_city("district-desk@.service").splitlines()
    assert 'TemporaryFileSystem="/var/lib/chengxin 甲" "/opt/全市 甲/districts"' in lines
    assert 'BindPaths="/var/lib/chengxin 甲/%i" "/opt/全市 甲/districts/%i"' in lines
    lines = of_the_city("desk.service").splitlines()
    assert 'TemporaryFileSystem="/var/lib/chengxin 甲"' in lines and 'BindPaths="/var/lib/chengxin 甲/_city"' in lines


def test_a_worker_is_begun_again_whatever_ended_it() -> None:
    """After a kill its name may still be held for some seconds, which ends a new one with 2."""
    worker = settings(of_the_city("worker@.service"))
    assert "RestartPreventExitStatus" not in worker["Service"] and worker["Unit"]["StartLimitIntervalSec"] == "0"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="没有 systemd-analyze：单元文件没有经 systemd 自己核对")
def test_what_cannot_be_an_instance_of_a_citys_service_is_said(tmp_path: Path) -> None:
    for slug in ("jiang-bei", "江南 新区"):
        (folder := tmp_path / "city/districts" / slug).mkdir(parents=True)
        (folder / "district.toml").write_text("", "utf-8")
    (tmp_path / "city/city.toml").write_text('name = "某市"\ndatabase = "dbname=x"\n', "utf-8")
    words = ["service", "city", f"{tmp_path / 'city'}", "--account", "chengxin", "--to", f"{tmp_path / 'units'}"]
    said = CliRunner().invoke(app, words).output
    assert "（区县：jiang-bei、江南 新区）" in said
    assert "“江南 新区” 不能做 systemd 服务的实例名：先把区县的文件夹改成拼音" in said and "“jiang-bei”" not in said


def test_systemd_itself_finds_no_fault_in_a_citys(tmp_path: Path) -> None:
    (python := tmp_path / "python").symlink_to("/bin/true")
    place = replace(CITY, python=python, account="daemon", var=tmp_path / "数据 50%")
    written = [str(path) for path in write_files(render_city(place), tmp_path / "units")]
    assert _verify("system", tmp_path / "units", written) == (0, "")


# ---------------------------------------------------------------- cron and the container


def _cron_lines() -> Iterator[tuple[str, str]]:
    (file,) = render(PLACE, "cron")
    for line in file.text.splitlines():
        if re.match(r"[\d*]", line):
            minute, hour, _, _, _, account, command = line.split(maxsplit=6)
            assert account == "chengxin"
            yield f"{minute} {hour}", command


def test_every_cron_line_runs_commands_that_the_program_takes() -> None:
    commands = [command for _, line in _cron_lines() for command in line.replace("\\%", "%").split("||")]
    calls = [shlex.split(command)[shlex.split(command).index("cli") + 1 :] for command in commands]
    assert [refused(words) for words in calls] == [""] * 8
    assert [words[0] for words in calls[::2]] == ["night", "mail", "watch", "backup-daily"]
    assert {words[0] for words in calls[1::2]} == {"alarm"}


def test_cron_is_given_the_hours_of_this_machines_own_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    try:
        assert [when for when, _ in _cron_lines()] == ["30 16", "*/10 *", "25 *", "45 4"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_container_installs_by_hash_and_runs_without_rights() -> None:
    text = (DEPLOY / "container/Containerfile").read_text("utf-8")
    assert text.count("--require-hashes") == 2 and "LOCK=requirements-run.lock" in text
    assert [line for line in text.splitlines() if line.startswith("USER")] == ["USER 10001:10001"]
    assert all(package in text for package in (*PANGO, *FONTS, *OLD_WORD, "chromium-headless-shell"))
    copied = re.findall(r"^COPY (?!--from)(.+) \./$", text, re.M)
    assert copied and all((ROOT / name).exists() for name in copied[0].split())
    assert refused(json.loads(re.findall(r"^CMD (.+)$", text, re.M)[0])) == ""


def test_the_citys_compose_file_runs_commands_that_the_program_takes() -> None:
    text = (DEPLOY / "container/compose-city.yaml").read_text("utf-8")
    lines = [words.split(", ") for words in re.findall(r"^    command: \[(.+)\]$", text, re.M)]
    assert [line[1] for line in lines] == ["init", "worker", "desk"] and [refused(line) for line in lines] == [""] * 3
    assert "LOCK: requirements-city.lock" in text
    profile = re.findall(r"seccomp=(\S+)", text)
    assert profile and all((DEPLOY / "container" / name).exists() for name in profile)


def test_the_compose_file_runs_commands_that_the_program_takes() -> None:
    text = (DEPLOY / "container/compose.yaml").read_text("utf-8")
    assert refused(re.findall(r"^    command: \[(\w+)\]$", text, re.M)) == ""
    shell = [shlex.split(words.strip(" ;")) for words in re.findall(r"(?<=chengxin )[a-z-]+ [^|;]*", text)]
    assert len(shell) == 2 and [refused(words) for words in shell] == ["", ""]
    assert refused(re.findall(r"\[CMD, chengxin, (.+)\]", text)[0].split(", ")) == ""
    profile = json.loads((DEPLOY / "container" / re.findall(r"seccomp=(\S+)", text)[0]).read_text("utf-8"))
    denied = {name for rule in profile["syscalls"] for name in rule["names"]}
    assert denied >= {"mount", "bpf", "kexec_load"} and denied.isdisjoint({"clone", "unshare", "chroot", "seccomp"})


# ---------------------------------------------------------------- installing


def install(tmp_path: Path, *more: str, code: int = 0) -> str:
    words = ["service", "install", "-d", str(HUAIAN), "--var", str(tmp_path / "var"), "--account", "daemon"]
    done = CliRunner().invoke(app, [*words, "--to", str(tmp_path / "units"), *more])
    assert done.exit_code == code or done.exception is not None, done.output
    return done.stdout if code == 0 else str(done.exception)


def test_a_dry_run_shows_and_writes_nothing(tmp_path: Path) -> None:
    shown = install(tmp_path, "--dry-run")
    assert all(f"chengxin-huaian-huaian-{name}" in shown for name in UNITS)
    assert not list(tmp_path.iterdir())


def test_installing_again_replaces_what_nobody_changed(tmp_path: Path) -> None:
    install(tmp_path)
    night = tmp_path / "units/chengxin-huaian-huaian-night.service"
    assert str(tmp_path / "var") in night.read_text("utf-8")
    install(tmp_path, "--backups", str(tmp_path / "elsewhere"))
    backup = tmp_path / "units/chengxin-huaian-huaian-backup.service"
    assert f'ReadWritePaths="{tmp_path}/elsewhere"' in backup.read_text("utf-8")


def test_what_a_person_changed_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    install(tmp_path)
    night, mail = (tmp_path / f"units/chengxin-huaian-huaian-{name}.service" for name in ("night", "mail"))
    night.write_text(night.read_text("utf-8").replace("MemoryMax=4G", "MemoryMax=8G"), "utf-8")
    mail.unlink()
    said = install(tmp_path, "--backups", str(tmp_path / "elsewhere"), code=2)
    assert str(night) in said and "chengxin-huaian-huaian-watch" not in said
    assert "MemoryMax=8G" in night.read_text("utf-8") and not mail.exists()


def test_a_foreign_file_of_the_same_name_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "units").mkdir()
    (tmp_path / "units/chengxin-huaian-huaian-mail.timer").write_text("[Timer]\n", "utf-8")
    assert "有人改过，不覆盖" in install(tmp_path, code=2)


# ---------------------------------------------------------------- alarm and watch


def call(tmp_path: Path, *words: str, env: dict[str, str] | None = None) -> str:
    done = CliRunner().invoke(app, [*words, "-d", str(HUAIAN), "--var", str(tmp_path)], env=env)
    assert done.exit_code == 0, done.output
    return done.stdout


def letters(tmp_path: Path) -> list[str]:
    found = sorted(Paths(tmp_path).outbox.glob("*-alarm-*.eml"))
    bodies = [message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",)) for path in found]
    return [body.get_content() for body in bodies if body is not None]


def test_a_unit_that_failed_is_told_to_the_office_once_a_day_with_how_it_ended(tmp_path: Path) -> None:
    Store(Paths(tmp_path).store).close()
    ended = {"MONITOR_SERVICE_RESULT": "oom-kill", "MONITOR_EXIT_STATUS": "9"}
    assert "已告诉信用办" in call(tmp_path, "alarm", "chengxin-huaian-huaian-night", env=ended)
    assert "今天已经告诉过" in call(tmp_path, "alarm", "chengxin-huaian-huaian-night", env=ended)
    (letter,) = letters(tmp_path)
    assert "夜间任务失败" in letter and "oom-kill" in letter and "退出码 9" in letter
    call(tmp_path, "alarm", "backup")
    assert len(letters(tmp_path)) == 2


@pytest.mark.parametrize("task", ["alarm", "watch"])
def test_under_a_broken_configuration_it_is_told_by_the_newest_nights(tmp_path: Path, task: str) -> None:
    district, now = Path(shutil.copytree(HUAIAN, tmp_path / "d")), datetime.now(UTC)
    config, paths = load(district), Paths(tmp_path / "var")
    with Store(paths.store) as store:
        Runs(store).add_config(config.hash, config_files(config), now)
        Runs(store).begin(Run(id="2026-10-10", started_at=now - timedelta(hours=27), config_hash=config.hash))
    (district / "district.toml").write_text("= nothing\n", "utf-8")
    words = [task, *(["night"] if task == "alarm" else []), "-d", str(district), "--var", str(paths.root)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 and "已告诉信用办" in done.output, (done.output, done.exception)
    assert len(letters(paths.root)) == 1


def test_a_configuration_broken_before_the_first_night_is_named(tmp_path: Path) -> None:
    district = Path(shutil.copytree(HUAIAN, tmp_path / "d"))
    Store(Paths(tmp_path / "var").store).close()
    (district / "district.toml").write_text("= nothing\n", "utf-8")
    done = CliRunner().invoke(app, ["alarm", "night", "-d", str(district), "--var", str(tmp_path / "var")])
    assert isinstance(done.exception, ConfigError) and not letters(tmp_path / "var")


@pytest.mark.parametrize("task", ["../x", "a b", "", "夜"])
def test_a_name_that_would_leave_the_outbox_is_refused(tmp_path: Path, task: str) -> None:
    done = CliRunner().invoke(app, ["alarm", task, "-d", str(HUAIAN), "--var", str(tmp_path)])
    assert isinstance(done.exception, UsageError) and not Paths(tmp_path).outbox.exists()


@pytest.mark.parametrize(
    ("began", "ended", "stale"), [(25, None, False), (27, None, True), (49, 25, False), (51, 27, True)]
)
def test_the_watch_tells_when_no_night_ended_for_more_than_26_hours(
    tmp_path: Path, began: int, ended: int | None, stale: bool
) -> None:
    """Nor is a first night that began and never ended a reason to be silent."""
    now = datetime.now(UTC)
    with Store(Paths(tmp_path).store) as store:
        Runs(store).add_config("h", {}, now)
        Runs(store).begin(Run(id="2026-10-10", started_at=now - timedelta(hours=began), config_hash="h"))
        if ended is not None:
            Runs(store).finish("2026-10-10", now - timedelta(hours=ended), 1.0, 1)
    assert ("已告诉信用办" in call(tmp_path, "watch")) is stale
    assert len(letters(tmp_path)) == stale
    done = CliRunner().invoke(app, ["watch", "--strict", "-d", str(HUAIAN), "--var", str(tmp_path)])
    assert done.exit_code == stale


def test_the_mails_timer_does_nothing_where_no_server_is_configured(tmp_path: Path) -> None:
    assert load(HUAIAN).district.mail.smtp is None
    Store(Paths(tmp_path).store).close()
    assert call(tmp_path, "mail", "send", "--if-configured") == ""
