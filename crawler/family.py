"""What a portal family is: pure functions from a portal's facts and a response to rows.

A family is a module under `crawler/families/` that satisfies `Family` and declares its part of the portal's TOML as a
class of its own (`HtmlListOptions`). `FamilyEntry` pairs the two; `PortalParser` is a family at one portal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from core.domain.config import Portal
from core.domain.config_model import Frozen
from crawler.pages import Detail, ListPage, ListRow, PageRequest, Response

OptionsT = TypeVar("OptionsT", bound=Frozen)
OptionsT_contra = TypeVar("OptionsT_contra", bound=Frozen, contravariant=True)


class Family(Protocol[OptionsT_contra]):
    """The three functions of a family. None of them fetches, stores or asks for the time.

    Each raises NotGenuine when the page is not, by positive proof, what it should be, and Unparsed when something
    stands there that it cannot read.
    """

    def page_request(
        self, portal: Portal, options: OptionsT_contra, page: int, before: ListPage | None, /
    ) -> PageRequest:
        """How page `page` (1-based) is asked for; `before` is page - 1 as parsed, None for page 1."""

    def parse_list(self, portal: Portal, options: OptionsT_contra, response: Response, /) -> ListPage:
        """Rows of one list page."""

    def parse_detail(
        self, portal: Portal, options: OptionsT_contra, response: Response | None, row: ListRow, /
    ) -> Detail:
        """Labelled values of one detail page; `response` is None for a row that leads to none that may be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalParser:
    """A family at one portal, with the portal's own options: what a visit calls."""

    page_request: Callable[[int, ListPage | None], PageRequest]
    parse_list: Callable[[Response], ListPage]
    parse_detail: Callable[[Response | None, ListRow], Detail]


class RegisteredFamily(Protocol):
    """A family as the registry shows it, whatever its options are."""

    @property
    def options(self) -> type[Frozen]:
        """The class of its part of a portal's TOML."""

    def parser_of(self, portal: Portal, /) -> PortalParser:
        """The family at one portal; pydantic's ValidationError for options that are not sound."""


@dataclass(frozen=True, slots=True)
class FamilyEntry(Generic[OptionsT]):
    """A family with the class of its options."""

    family: Family[OptionsT]
    options: type[OptionsT]

    def parser_of(self, portal: Portal) -> PortalParser:
        """The family at one portal; pydantic's ValidationError for options that are not sound."""
        options = self.options.model_validate(portal.options)
        if portal.may_be_empty and "may_be_empty" in self.options.model_fields:  # where the families' own key stood
            options = options.model_copy(update={"may_be_empty": True})
        return PortalParser(
            page_request=partial(self.family.page_request, portal, options),
            parse_list=partial(self.family.parse_list, portal, options),
            parse_detail=partial(self.family.parse_detail, portal, options),
        )
