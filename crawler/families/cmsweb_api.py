"""cmsweb's information-disclosure platform: POST lists.do (docs/domain.md §2.1b), a JSON list of articles.

`{"value":{"list":[{title,link,path,domain,releaseTime}],"total":N}}`; the address is `link`, else `domain` + `path`:
a domain may be empty, a path on the portal's host, or a host without its scheme.
"""

from dataclasses import replace

from core.domain.config import Portal
from core.domain.config_model import Frozen
from crawler.extract.detail import read_detail
from crawler.extract.markup import text_of
from crawler.families import json_api
from crawler.families.parsing.json_decoding import json_of
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.pages import Detail, ListPage, ListRow, PageRequest, Response


class CmswebApiOptions(Frozen):
    """`topic`: the column's id; `form`: further fields (deptid, rdeptid, type …); `pagesize`: 15 or 50 rows."""

    topic: str
    path: str = "/articleCommonController/lists.do"
    pagesize: int = 15
    form: dict[str, str] = {}


def _api(options: CmswebApiOptions) -> JsonApiOptions:
    blank = dict.fromkeys(("title", "docNo", "orgname", "summary", "key"), "")
    return JsonApiOptions(
        path=options.path,
        method="POST",
        form={"page": "{page}", "pagesize": "{size}", "topic": options.topic, **blank, **options.form},
        headers={"X-Requested-With": "XMLHttpRequest"},
        size=options.pagesize,
        rows="value.list",
        total="value.total",
        url=("{link}", "{domain}/{path}", "/{path}"),
        title=("title",),
        date=("releaseTime",),
        ignore=("*",),
    )


def page_request(portal: Portal, options: CmswebApiOptions, page: int, before: ListPage | None) -> PageRequest:
    """The form of page `page`."""
    return json_api.page_request(portal, _api(options), page, before)


def parse_list(portal: Portal, options: CmswebApiOptions, response: Response) -> ListPage:
    """Rows and total; the answer's own structure is the proof that it is itself, which a list without rows has not."""
    return replace(json_api.read_list(portal, _api(options), json_of(text_of(response))), carries_marker=False)


def parse_detail(_portal: Portal, _options: CmswebApiOptions, response: Response | None, _row: ListRow) -> Detail:
    """The detail page by labels."""
    return read_detail(response)
