"""Requests made of templates: an address, a query, a form or a JSON text with `{page}`, `{cursor}`, `{id}` in it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from core.domain.web_addresses import joined
from crawler.families.parsing.items import posted
from crawler.pages import PageRequest

_AS_BROWSERS = "xmlcharrefreplace"  # what a charset does not hold is sent as &#8212;
Says = Callable[[str], str]  # what stands for a placeholder
HOLE = re.compile(r"\{([A-Za-z_\u4e00-\u9fff][\w.\[\]]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One kind of request. `path` is relative to the portal's address; `body` is JSON text, sent instead of `form`."""

    path: str
    post: bool
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    charset: str = "utf-8"

    def holes(self) -> set[str]:
        """The names of every placeholder in it."""
        texts = (self.path, self.body, *self.query.values(), *self.form.values())
        return {name for text in texts for name in HOLE.findall(text)}

    def request(self, base: str, says: Says) -> PageRequest:
        """The request with its placeholders filled."""
        url = joined(base, filled(self.path, lambda name: quote(says(name), "", self.charset, _AS_BROWSERS)))
        if self.query:
            said = {n: filled(text, says) for n, text in self.query.items()}
            query = urlencode(said, encoding=self.charset, errors=_AS_BROWSERS)
            url = f"{url}{'&' if '?' in url else '?'}{query}"
        headers = tuple(self.headers.items())
        if not self.post:
            return PageRequest(url=url, headers=headers)
        if self.body:
            kind = ("Content-Type", "application/json; charset=UTF-8")
            return PageRequest(url=url, method="POST", body=filled(self.body, says).encode(), headers=(kind, *headers))
        form = posted(url, {n: filled(text, says) for n, text in self.form.items()}, self.charset)
        return PageRequest(url=url, method="POST", body=form.body, headers=(*form.headers, *headers))


def holes_in(text: str) -> list[str]:
    """The names of a template's placeholders."""
    return HOLE.findall(text)


def is_json(text: str) -> bool:
    """Whether a template is a JSON text rather than plain words."""
    bare = text.lstrip()
    return bare.startswith(("{", "[")) and HOLE.match(bare) is None


def filled(template: str, says: Says) -> str:
    """A template with its placeholders filled; inside a JSON text values are escaped as JSON asks for."""
    if is_json(template):
        return HOLE.sub(lambda m: json.dumps(says(m[1]), ensure_ascii=False)[1:-1], template)
    return HOLE.sub(lambda m: says(m[1]), template)
