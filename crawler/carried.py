"""Which files a kept detail page carries: a record read from an attachment rests on the file as much as on the page."""

from core.domain.config import Portal
from core.domain.models import Finding
from crawler.families import FAMILIES, load_options
from crawler.pages import NotGenuine, Response, Row, Unparsed


def carried_by(portal: Portal, response: Response, finding: Finding) -> tuple[str, ...]:
    """The addresses of the attachments in a finding's page, by today's reading; () where the page is not read."""
    row = Row(key=finding.row_key, sort_key="", title=finding.title, url=finding.url, detail=response.request)
    try:
        detail = FAMILIES[portal.family].parse_detail(portal, load_options(portal), response, row)
    except (NotGenuine, Unparsed):
        return ()
    return tuple(request.url for request in detail.files)
