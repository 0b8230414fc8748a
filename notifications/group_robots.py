"""What came of a night, told to groups of 企业微信, 钉钉 and 飞书: a webhook's line, by the package `apprise`.

It is an extra (`pip install chengxin[apprise]`). Of its hundred services those alone are let through whose host is
fixed (`HOSTS`): its `json://`, `syslog://` and the like would go wherever, or nowhere near HTTP.
"""

import os
from collections.abc import Collection, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from core.domain.config import Config, GroupRobot
from core.domain.errors import ConfigError
from core.runtime.outgoing import NotSent
from notifications.webhooks import Channel, NightTold

HOSTS = {
    "wecombot": "qyapi.weixin.qq.com",
    "dingtalk": "oapi.dingtalk.com",
    "feishu": "open.feishu.cn",
    "lark": "open.larksuite.com",
    "schan": "sctapi.ftqq.com",
}
_OPTIONS = "?redirect=no&verify=yes&cto={0}&rto={0}"  # of apprise: it follows redirects otherwise


def missing(folder: Path) -> ConfigError | None:
    """What is wrong where a district names robots and nobody installed the package."""
    if find_spec("apprise") is not None:
        return None
    return ConfigError(folder / "district.toml", "apprise", "没有安装 apprise：pip install chengxin[apprise]")


def robots_of(config: Config, allowed: Collection[str] = tuple(HOSTS)) -> Iterator[Channel]:
    """The district's robots; ConfigError where the package, or the address of one, is wanting or another service's."""
    wanting = missing(config.folder) if config.district.robots else None
    if wanting is not None:
        raise wanting
    for robot in config.district.robots:
        url = os.environ.get(robot.url_env, "")
        if not url.startswith(f"{robot.service}://") or "?" in url or robot.service not in allowed:
            why = f"环境变量 {robot.url_env} 应是 {robot.service}:// 开头的地址，不带问号"
            raise ConfigError(config.folder / "district.toml", "apprise.url_env", why)
        yield Channel(name=f"apprise {robot.service}", seconds=robot.seconds, send=partial(_send, robot, url))


def _send(robot: GroupRobot, url: str, told: NightTold) -> None:
    """Once; apprise says whether it was taken, and not why. A message of its own errors could hold the key."""
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(app_id="chengxin", async_mode=False)
    known = Apprise.instantiate(url + _OPTIONS.format(robot.seconds), asset=asset)
    if known is None:
        raise NotSent(f"环境变量 {robot.url_env} 里的地址不对")
    try:
        taken = known.notify(body=told.line)
    except (OSError, ValueError, TypeError) as error:
        raise NotSent(f"送不到（{type(error).__name__}）") from error
    if not taken:
        raise NotSent("没有收下")
