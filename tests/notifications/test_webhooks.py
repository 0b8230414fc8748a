"""Other systems are told of a night: signed, counts alone, and whatever they answer changes nothing."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Literal

import pytest

import scheduler
from core.domain.clock import ZONE, Clock
from core.domain.config import Webhook
from core.runtime.heartbeat import Beat
from notifications.webhooks import SECRET, SIGNATURE, Channel, NightTold, channels_of, tell
from tests.support.filed_district import NOW, Office

TOLD = NightTold(
    district="楚汀区", night="2026-07-15", looked=21, of=22, waiting={"待核实": 3}, desk="https://desk.example"
)


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent; answers as its path says."""

    got: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        self.got.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        if self.path == "/drip":
            time.sleep(5)
        status = {"/away": 302, "/broken": 500}.get(self.path, 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def hooks(*urls: str, kind: Literal["json", "wecom"] = "json", inside: bool = True) -> list[Channel]:
    return channels_of([Webhook(url=url, kind=kind, seconds=0.5, allow_private=inside) for url in urls])


@contextmanager
def receiver() -> Iterator[str]:
    Receiver.got.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_json_is_signed_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "a secret of the house")
    with receiver() as base:
        assert tell(hooks(f"{base}/a"), TOLD) == {}
    ((_, headers, body),) = Receiver.got
    signed = hmac.new(b"a secret of the house", body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE.title()] == f"sha256={signed}" and b"secret" not in body
    assert json.loads(body) == {
        "event": "night", "district": "楚汀区", "night": "2026-07-15", "looked": 21, "of": 22,
        "waiting": {"待核实": 3}, "problem": "", "desk": "https://desk.example",
    }  # fmt: skip


def test_a_group_gets_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET, raising=False)
    with receiver() as base:
        assert tell(hooks(f"{base}/a", kind="wecom"), TOLD) == {}
    ((_, headers, body),) = Receiver.got
    text = json.loads(body)["text"]["content"]
    assert text == "楚汀区 2026-07-15 夜：22 个栏目看成 21 个；待核实 3 项；https://desk.example"
    assert SIGNATURE.title() not in headers


def test_no_answer_changes_anything_or_leads_elsewhere() -> None:
    with receiver() as base:
        began = time.monotonic()
        for path, why in (("away", "对方答 302"), ("broken", "对方答 500"), ("drip", "过了时限没有答复")):
            assert tell(hooks(f"{base}/{path}", f"{base}/good"), TOLD) == {"webhook 127.0.0.1": why}
        assert tell(hooks("http://127.0.0.1:1/"), TOLD) == {"webhook 127.0.0.1": "送不到（ConnectionRefusedError）"}
        assert time.monotonic() - began < 4
    assert {path for path, _, _ in Receiver.got} == {"/away", "/broken", "/drip", "/good"}


def test_a_night_tells_counts_and_names_nobody(office: Office) -> None:
    beat = Beat(verdict="ran", at=datetime(2026, 10, 12, 2, tzinfo=ZONE), run="2026-10-12", looked=20, of=22)
    with receiver() as base:
        hooked = office.config.district.model_copy(
            update={"webhooks": (Webhook(url=f"{base}/night", allow_private=True),)}
        )
        config = office.config.model_copy(update={"district": hooked})
        scheduler._tell_others(config, office.paths, beat, Clock.stopped(NOW))
    ((_, _, body),) = Receiver.got
    said = json.loads(body)
    assert said["night"] == "2026-10-12" and sum(said["waiting"].values()) > 0
    assert not [unit.name for unit in office.config.units if unit.name in body.decode()]
