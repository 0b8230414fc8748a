"""A detail page as labelled records, its dates and its text."""

from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from core.domain.look_reasons import LookReason
from crawler.extract.body import Article
from crawler.extract.files import files_beside, is_file, read_file
from crawler.extract.label_pairs import (
    bare_pairs,
    blocks_of,
    boxed_pairs,
    definition_lists,
    joined_parts,
    names_a_decision,
    stacked_pairs,
    without_copies,
)
from crawler.extract.lines import Pairs, labelled_lines
from crawler.extract.markup import text_of, tree_of, words_of
from crawler.extract.meta_tags import document_dates, meta_of, visible_published
from crawler.extract.tables import records_of
from crawler.fetching.block_detection import unfilled_page, why_not_genuine
from crawler.pages import Detail, NotGenuine, Response

_HEADINGS = tuple(map(XPath, ("//h1", "//*[contains(@class, 'title')]", "//title")))


def read_detail(response: Response | None) -> Detail:
    """Everything labelled on a page; NotGenuine when it is not, by what it shows, a page of the site.

    None (a row whose detail stands on a host that is not ours to ask) says nothing. A row may lead to a file itself.
    """
    if response is None:
        return Detail(records=())
    if is_file(response):
        return read_file(response)
    text = text_of(response)
    root = tree_of(text)
    article, meta = Article(root), meta_of(root)
    lines, records = article.lines(root), _records(article)
    if not records and (reason := why_not_genuine(response)):
        raise NotGenuine(reason)
    if not records and unfilled_page(text):
        raise NotGenuine(LookReason.TEMPLATE_UNFILLED)
    return Detail(
        records=records,
        title=_title(root, meta),
        published=visible_published(lines),
        documents=document_dates(lines),
        meta=meta,
        text=lines,
        body=article.text(),
        letter=article.letter(),
        files=files_beside(records, article, response.url),
    )


def _records(article: Article) -> tuple[Pairs, ...]:
    """Tables of the page's body first, then of the whole page, then definition lists, then labels by themselves."""
    root, body = article.root, article.body
    for place in [*([body] if body is not None else []), root]:
        records = joined_parts((*records_of(place), *definition_lists(place)))
        if named := tuple(filter(names_a_decision, records)):
            return without_copies(named)
    place = body if body is not None else root
    words = article.lines(place)
    for pairs in (labelled_lines(words), boxed_pairs(place), stacked_pairs(words), bare_pairs(words)):
        if named := tuple(filter(names_a_decision, blocks_of(pairs))):
            return named
    return ()


def _title(root: HtmlElement, meta: tuple[tuple[str, str], ...]) -> str:
    """META ArticleTitle, which 国办发〔2017〕47号 asks for, else the nearest thing to a heading."""
    if stated := dict(meta).get("articletitle"):
        return stated[:300]
    for find in _HEADINGS:
        for element in cast("list[HtmlElement]", find(root)):
            text = words_of(element)
            if text:
                return text[:300]
    return ""
