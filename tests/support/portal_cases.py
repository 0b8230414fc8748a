"""The saved pages below tests/fixtures/portals, each with where it came from and what it says."""

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.domain.config import Portal
from crawler.families import parser_of
from crawler.pages import ListPage, ListRow, PageRequest, Response
from tests.support.paths import FIXTURES

PORTALS = FIXTURES / "portals"


@dataclass(frozen=True)
class Case:
    """One saved page with where it came from and what it says."""

    folder: Path
    meta: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def expected(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        return data

    @property
    def portal(self) -> Portal:
        return portal_in(self.folder.parent).model_copy(update=self.meta.get("portal", {}))

    @property
    def row(self) -> ListRow:
        said = self.meta.get("row", {})
        listed = said.get("listed_on")
        return ListRow(
            key=said.get("key", self.folder.name),
            sort_key=listed or "",
            title=said.get("title", ""),
            url=self.meta["url"],
            listed_on=date.fromisoformat(listed) if listed else None,
            fields=tuple((k, v) for k, v in said.get("fields", [])),
        )

    @property
    def response(self) -> Response:
        (page,) = self.folder.glob("page.*")
        return Response(
            url=self.meta["url"],
            status=self.meta["status"],
            body=page.read_bytes(),
            headers=tuple(self.meta.get("headers", {}).items()),
            request=PageRequest(url=self.meta["url"]),
        )


def portal_in(folder: Path) -> Portal:
    return Portal.model_validate(tomllib.loads((folder / "portal.toml").read_text("utf-8")))


def cases(folder: Path = PORTALS) -> list[Case]:
    return [Case(path.parent, json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*/*/meta.json"))]


ALL = cases()
LOOKS = [case for case in ALL if case.meta["part"] == "look"]  # whole looks, replayed from their cassettes
CASES = [case for case in ALL if case.meta["part"] != "look"]  # single pages


def read_list(case: Case) -> ListPage:
    return parser_of(case.portal).parse_list(case.response)
