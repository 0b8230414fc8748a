"""A server on loopback that speaks as much of S3's protocol as s3fs asks: objects whole, in parts, by ranges, listed.

It checks who asks by the name of the key alone, no signature.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

Query = dict[str, list[str]]
KEY, SECRET, BUCKET = "chengxin-test", "not-a-secret", "archive"


@dataclass
class S3:
    """The buckets (name → key → bytes), what was asked, and what a test spoils."""

    port: int = 0
    buckets: dict[str, dict[str, bytes]] = field(default_factory=lambda: {BUCKET: {}})
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    refuse: Callable[[str, str], int] = lambda _method, _key: 0  # a status, 0 for none
    begins: Callable[[str, str], None] = lambda _method, _key: None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def objects(self) -> dict[str, bytes]:
        return self.buckets[BUCKET]


class _Handler(BaseHTTPRequestHandler):
    s3: S3
    protocol_version = "HTTP/1.1"

    def _place(self) -> tuple[str, str, Query]:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        return bucket, key, parse_qs(parts.query, keep_blank_values=True)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fault(self, status: int, code: str) -> None:
        said = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
        self._answer(status, said.encode(), Content_Type="application/xml")

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        bucket, key, query = self._place()
        self.s3.asked.append((self.command, key))
        self.s3.begins(self.command, key)
        if status := self.s3.refuse(self.command, key):
            return self._fault(status, {403: "AccessDenied", 503: "ServiceUnavailable"}.get(status, "InternalError"))
        if f"Credential={KEY}/" not in (self.headers.get("Authorization") or ""):
            return self._fault(403, "InvalidAccessKeyId")
        if bucket not in self.s3.buckets:
            return self._fault(404, "NoSuchBucket")
        objects = self.s3.buckets[bucket]
        if not key:
            return self._listed(objects, query.get("prefix", [""])[0])
        act = {"GET": self._get, "HEAD": self._head, "PUT": self._put, "POST": self._post, "DELETE": self._delete}
        return act[self.command](objects, key, query, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve

    def _listed(self, objects: dict[str, bytes], prefix: str) -> None:
        found = "".join(
            f"<Contents><Key>{escape(k)}</Key><Size>{len(v)}</Size><ETag>x</ETag>"
            "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
            for k, v in sorted(objects.items())
            if k.startswith(prefix)
        )
        xml = f"<ListBucketResult><KeyCount>{found.count('<Key>')}</KeyCount>{found}</ListBucketResult>"
        self._answer(200, xml.encode(), Content_Type="application/xml")

    def _head(self, objects: dict[str, bytes], key: str, _query: Query, _body: bytes) -> None:
        if key not in objects:
            return self._fault(404, "NoSuchKey")
        return self._answer(200, Content_Length=str(len(objects[key])), ETag="x")

    def _get(self, objects: dict[str, bytes], key: str, _query: Query, _body: bytes) -> None:
        if key not in objects:
            return self._fault(404, "NoSuchKey")
        data, wanted = objects[key], self.headers.get("Range")
        if not wanted:
            return self._answer(200, data)
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        if int(start) >= len(data):
            return self._fault(416, "InvalidRange")
        part = data[int(start) : int(end or len(data) - 1) + 1]
        return self._answer(206, part, Content_Range=f"bytes {start}-{int(start) + len(part) - 1}/{len(data)}")

    def _put(self, objects: dict[str, bytes], key: str, query: Query, body: bytes) -> None:
        if "uploadId" in query:
            self.s3.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self.s3.written.append(key)
            objects[key] = body
        self._answer(200, ETag=hashlib.md5(body, usedforsecurity=False).hexdigest())

    def _post(self, objects: dict[str, bytes], key: str, query: Query, _body: bytes) -> None:
        if "uploads" in query:
            upload = f"u{len(self.s3.parts)}"
            self.s3.parts[upload] = {}
            xml = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        else:
            self.s3.written.append(key)
            objects[key] = b"".join(part for _, part in sorted(self.s3.parts[query["uploadId"][0]].items()))
            xml = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
        self._answer(200, xml.encode(), Content_Type="application/xml")

    def _delete(self, objects: dict[str, bytes], key: str, _query: Query, _body: bytes) -> None:
        objects.pop(key, None)
        self._answer(204)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def s3_server() -> Iterator[S3]:
    """The server while the block runs."""
    s3 = S3()
    handler = type("Handler", (_Handler,), {"s3": s3})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    s3.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield s3
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
