"""Why details that a look asked for could not be read, told from the bytes that it kept."""

from collections import Counter
from collections.abc import Iterator

from core.domain.look_reasons import http_status, sentence
from core.domain.models import Sighting
from crawler.extract.files import is_file, read_file
from crawler.families import parser_of
from crawler.fetching.block_detection import why_not_genuine
from crawler.pages import ListRow, NotGenuine, PageRequest, Response, Unparsed, address_of
from pipeline.onboard import Seen, response_of


def why_unread(seen: Seen) -> str:
    """The reasons in Chinese, the commonest first, with how many details each kept from being read; "" for none."""
    reasons = Counter(reason for row in _unread(seen) for reason in _reasons(seen, row))
    return "、".join(f"{sentence(reason)}（{count} 条）" for reason, count in reasons.most_common())


def why_row(seen: Seen, row: Sighting) -> str:
    """What stood in the way of one row's detail, in Chinese; "" where nothing did, or it was not asked for."""
    return "、".join(sentence(reason) for reason in dict.fromkeys(_reasons(seen, row)))


def _unread(seen: Seen) -> list[Sighting]:
    read = {finding.row_key for finding in seen.findings if finding.numbers or finding.name}
    return [row for row in seen.sightings if row.row_key not in read and row.url]


def _reasons(seen: Seen, row: Sighting) -> Iterator[str]:
    """What stood in the way of one row's detail, or of the attachments beside it; nothing for one not asked for."""
    asked = _answer_to(seen, row.url)
    if asked is None:
        return
    if asked.status != 200:
        yield why_not_genuine(asked) or http_status(asked.status)
        return
    listed = ListRow(key=row.row_key, sort_key=row.sort_key, title=row.title, url=row.url, detail=asked.request)
    try:
        detail = parser_of(seen.config.portal(row.portal)).parse_detail(asked, listed)
    except (NotGenuine, Unparsed) as error:
        yield error.reason
        return
    for file in detail.files:
        answer = _answer_to(seen, file.url)
        if answer is not None and (reason := _why_file(answer)):
            yield reason


def _why_file(answer: Response) -> str:
    if answer.status != 200:
        return http_status(answer.status)
    try:
        if is_file(answer):
            read_file(answer)
    except (NotGenuine, Unparsed) as error:
        return error.reason
    return ""


def _answer_to(seen: Seen, url: str) -> Response | None:
    """What was answered at an address, as it was kept; None where it was not asked for, or is the list's own."""
    address = address_of(url)
    listed = {row.capture for row in seen.sightings}
    capture = next((c for c in seen.captures if address_of(c.url) == address and c.id not in listed), None)
    if capture is None:
        return None
    response = response_of(seen, capture)
    return Response(
        url=response.url,
        status=response.status,
        body=response.body,
        headers=response.headers,
        request=PageRequest(url=response.url),
    )
