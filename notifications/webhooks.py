"""What came of a night, told to other systems: signed JSON, or a line in a 政务微信 (WeCom) group.

Only counts leave the house, no unit, party or number: whoever is told opens the desk to see. A receiver that does not
answer, or answers otherwise, changes nothing here.
"""

import hashlib
import hmac
import json
import os
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from http.client import HTTPException

from core.domain.config import Webhook

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


def tell(hooks: Sequence[Webhook], told: NightTold) -> int:
    """Send it to each; returns how many took it within their seconds (any answer of 2xx)."""
    took: list[Webhook] = []
    asking = [threading.Thread(target=_post, args=(hook, told, took), daemon=True) for hook in hooks]
    for each in asking:
        each.start()
    for hook, each in zip(hooks, asking, strict=True):
        each.join(hook.seconds)  # an answer that drips never ends
    return len(took)


def _post(hook: Webhook, told: NightTold, took: list[Webhook]) -> None:
    body, headers = _message(hook, told)
    request = urllib.request.Request(hook.url, data=body, headers=headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirect)
    with suppress(OSError, HTTPException, ValueError), opener.open(request, timeout=hook.seconds):
        took.append(hook)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Where it is sent is the district's to say, not the receiver's."""

    def redirect_request(self, *_: object) -> None:
        """Nowhere."""
        return


def _message(hook: Webhook, told: NightTold) -> tuple[bytes, dict[str, str]]:
    """(body, headers). The signature is of the body's bytes: `sha256=` and HMAC-SHA256 in hex."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if hook.kind == "wecom":
        return json.dumps({"msgtype": "text", "text": {"content": told.line}}, ensure_ascii=False).encode(), headers
    body = json.dumps({"event": "night", **asdict(told)}, ensure_ascii=False, sort_keys=True).encode()
    if secret := os.environ.get(SECRET, ""):
        headers[SIGNATURE] = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return body, headers
