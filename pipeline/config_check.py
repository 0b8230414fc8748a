"""A district's configuration looked at as a whole: every fault with its file and key, and what is still to be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checks import unknown_checks, unknown_words
from core.domain.config import Config, DistrictFiles, Unit, config_of, read_files
from core.domain.errors import ConfigError
from core.runtime.diagnostics import diagnose_configuration
from crawler.families import option_faults
from notifications.group_robots import missing


@dataclass(frozen=True, slots=True)
class ConfigReport:
    """What is wrong, which no night could run with, and what a person should look at."""

    faults: tuple[ConfigError, ...]
    warnings: tuple[str, ...]


def check_config(folder: Path, today: date) -> ConfigReport:
    """Everything at once. What a file that cannot be read would have said is not guessed at."""
    files = read_files(folder)
    faults = (*files.faults, *_beyond_each_file(files))
    return ConfigReport(faults, tuple(_warnings(config_of(files), today)) if not faults else ())


def _beyond_each_file(files: DistrictFiles) -> Iterator[ConfigError]:
    """What only the families, the checks and the units together can say."""
    for path, scheme in files.schemes:
        for code, names in unknown_checks(scheme).items():
            yield ConfigError(path, f"indicator {code}.checks", unknown_words(names))
    for path, portal in files.portals.items():
        yield from (ConfigError(path, fault.key, fault.why) for fault in option_faults(portal))
    if files.district is not None and files.district.robots and (wanting := missing(files.folder)) is not None:
        yield wanting
    if files.district is not None and files.units is not None:
        unknown = [name for name in files.district.mail.released if name not in {unit.slug for unit in files.units}]
        for name in unknown:
            yield ConfigError(files.folder / "district.toml", "mail.released", f"units.toml 没有定义单位 {name}")


def _warnings(config: Config, today: date) -> Iterator[str]:
    for diagnosis in diagnose_configuration(config):
        if diagnosis.state != "good":
            yield f"{diagnosis.name}：{diagnosis.detail}"
    if not config.district.review.reviewers:
        yield "复核人：district.toml 没有 [[review.reviewer]]，没有人能裁定、冻结"
    silent = [unit.name for unit in config.units if unit.valid_on(today) and not _can_be_written_to(unit, today)]
    if silent:
        yield f"联系人：{len(silent)} 个单位没有可用的邮箱：{'、'.join(silent)}"


def _can_be_written_to(unit: Unit, today: date) -> bool:
    return any(contact.valid_until is None or contact.valid_until >= today for contact in unit.contacts)
