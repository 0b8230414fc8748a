"""What came of a night, told to other systems: signed JSON, or a line in a 政务微信 (WeCom) group.

Only counts leave the house, no unit, party or number: whoever is told opens the desk to see. A receiver that does not
answer, or answers otherwise, changes nothing here.
"""

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from core.domain.config import Webhook
from core.domain.origins import origin_in
from core.runtime.outgoing import LATE, NotSent, post

SECRET = "CHENGXIN_WEBHOOK_SECRET"  # the environment's: what the JSON is signed with
SIGNATURE = "X-Chengxin-Signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTold:
    """One night. `looked`: portals with a proving look, of the `of` that are watched; `waiting`: how many matters wait,
    by kind in Chinese; `problem`: what is wrong, in a sentence; `desk`: where the desk is reached, "" for nowhere."""

    district: str
    night: str
    looked: int
    of: int
    waiting: Mapping[str, int]
    problem: str = ""
    desk: str = ""

    @property
    def line(self) -> str:
        """All of it in one Chinese sentence."""
        waits = "、".join(f"{kind} {number} 项" for kind, number in self.waiting.items()) or "没有等处理的"
        ends = "".join(f"；{part}" for part in (self.problem, self.desk) if part)
        return f"{self.district} {self.night} 夜：{self.of} 个栏目看成 {self.looked} 个；{waits}{ends}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Somebody who is told: `name` without any key of theirs, how long they are waited for, and how they are told."""

    name: str
    seconds: float
    send: Callable[[NightTold], None]  # NotSent where they did not take it


def channels_of(hooks: Sequence[Webhook]) -> list[Channel]:
    """The webhooks, each by its host."""
    return [
        Channel(name=f"webhook {origin_in(hook.url)[0]}", seconds=hook.seconds, send=partial(_post, hook))
        for hook in hooks
    ]


def tell(channels: Sequence[Channel], told: NightTold) -> dict[str, str]:
    """Tell each, once, all at a time; who did not take it within their seconds, and why."""
    said = [LATE] * len(channels)

    def ask(number: int) -> None:
        try:
            channels[number].send(told)
            said[number] = ""
        except NotSent as error:
            said[number] = str(error)

    asking = [threading.Thread(target=ask, args=(number,), daemon=True) for number in range(len(channels))]
    for each in asking:
        each.start()
    for channel, each in zip(channels, asking, strict=True):
        each.join(channel.seconds)  # an answer that drips never ends
    return {channel.name: why for channel, why in zip(channels, tuple(said), strict=True) if why}


def _post(hook: Webhook, told: NightTold) -> None:
    body, headers = _message(hook, told)
    post(hook.url, body, headers, seconds=hook.seconds, inside=hook.allow_private)


def _message(hook: Webhook, told: NightTold) -> tuple[bytes, dict[str, str]]:
    """(body, headers). The signature is of the body's bytes: `sha256=` and HMAC-SHA256 in hex."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if hook.kind == "wecom":
        return json.dumps({"msgtype": "text", "text": {"content": told.line}}, ensure_ascii=False).encode(), headers
    body = json.dumps({"event": "night", **asdict(told)}, ensure_ascii=False, sort_keys=True).encode()
    if secret := os.environ.get(SECRET, ""):
        headers[SIGNATURE] = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return body, headers
