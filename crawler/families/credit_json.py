"""A credit site that answers JSON to a POST form, like 无锡 (docs/domain.md §2.6). The form is part of the evidence.

List: `{totalNum, mess:[{VAL_ID, …}]}`, sometimes with a script before it; detail: `mess.detail`, an object of
field codes or a list of label and value.
"""

from dataclasses import replace

from core.domain.config import Portal
from core.domain.config_model import Frozen
from core.domain.look_reasons import LookReason
from crawler.extract.markup import text_of
from crawler.families import json_api
from crawler.families.parsing.json_decoding import at_path, json_of
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.families.parsing.json_rows import records_of
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, PageRequest, Response


class CreditJsonOptions(Frozen):
    """Paths of the two calls, the form's fixed values, and where things stand in the answers."""

    list_path: str = "/intertidwebapp/cxIndex/getPContentByPage"
    detail_path: str = "/intertidwebapp/cxIndex/getPContentInfo"
    type: str = "1"
    page_size: int = 10
    form: dict[str, str] = {"asc": "desc", "deptcode": "undefined", "orgbm": "undefined", "name": ""}
    total: str = "totalNum"
    rows: str = "mess"
    id: str = "VAL_ID"
    title: tuple[str, ...] = ("XK_XDR_MC", "CF_XDR_MC")
    date: tuple[str, ...] = ("XK_JDRQ", "CF_JDRQ")
    detail: str = "mess.detail"


def _api(options: CreditJsonOptions) -> JsonApiOptions:
    return JsonApiOptions(
        path=options.list_path,
        method="POST",
        form={"type": options.type, "pageSize": "{size}", "cpage": "{page}", **options.form},
        size=options.page_size,
        rows=options.rows,
        total=options.total,
        id=(options.id,),
        title=options.title,
        date=options.date,
        ignore=(options.id,),
        detail="post",
        detail_path=options.detail_path,
        detail_form={"valId": "{id}", "type": options.type},
        detail_record=options.detail,
    )


def page_request(portal: Portal, options: CreditJsonOptions, page: int, before: ListPage | None) -> PageRequest:
    """The form of page `page`."""
    return json_api.page_request(portal, _api(options), page, before)


def parse_list(portal: Portal, options: CreditJsonOptions, response: Response) -> ListPage:
    """Rows and total; the answer's own structure is the proof that it is itself, which a list without rows has not."""
    page = json_api.read_list(portal, _api(options), json_of(text_of(response)))
    rows = tuple(replace(row, url=row.url.replace("#id=", "#valId=", 1)) for row in page.rows)
    return replace(page, rows=rows, carries_marker=False)


def parse_detail(_portal: Portal, options: CreditJsonOptions, response: Response | None, _row: ListRow) -> Detail:
    """The record of `mess.detail`."""
    if response is None:
        return Detail(records=())
    records = records_of(_api(options), at_path(json_of(text_of(response)), options.detail))
    if not records:
        raise NotGenuine(LookReason.JSON_REFUSED, "detail")
    return Detail(records=records)
