"""Attachments: none can be read yet, and a page that publishes in one stays unread."""

from collections.abc import Sequence

from crawler.pages import Detail, Response, Unparsed


def read_file(response: Response) -> Detail:
    """The records of an attachment; Unparsed, as no kind of file is read yet."""
    raise Unparsed("file-type", response.url)


def with_files(detail: Detail, parts: Sequence[Detail | None]) -> Detail:
    """The page's detail with what its files say: nothing where none could be read."""
    return detail if any(parts) or detail.records else Detail(records=())
