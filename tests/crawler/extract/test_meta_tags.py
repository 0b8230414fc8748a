"""Dates and names that a page states beside its article: labels and META."""

import pytest

from crawler.extract.markup import tree_of
from crawler.extract.meta_tags import document_dates, meta_of, visible_published


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("发布日期：2026-08-01 09:10 来源：区局", "2026-08-01 09:10"),
        ("发布时间: [ 2026年8月1日 ] 字号：大", "2026年8月1日"),
        ("公示日期 2026/8/1", "2026/8/1"),
        ("时间：2026-08-01 浏览次数：12", "2026-08-01"),
        ("【发布日期： 】【打印】\n相关阅读 发布日期：2020-01-01", ""),
        ("时间：2026-08-01，当事人在某处经营", ""),
        ("生成日期：2026-08-01 发文日期：2026-08-02", ""),
        ("索取号 发布时间 发布机构", ""),
        ("公示日期 2026-08-01", "2026-08-01"),
        ("文书号 公示日期\n2026-03-01 甲公司", ""),
        ("发布时间：\n2026-08-01", "2026-08-01"),
    ],
)
def test_only_a_labelled_publication_date_of_the_page_itself_counts(text: str, stated: str) -> None:
    assert visible_published(text) == stated


def test_meta_in_every_dress() -> None:
    head = (
        "<meta content='2026-08-01' NAME='PubDate'><meta name=pubdate content=2026-09-01><meta name='maketime' "
        "content=''>"
        "<META NAME=ArticleTitle CONTENT=标题><meta name='others' content='页面生成时间 2026-08-09 10:00:00'>"
    )
    assert dict(meta_of(tree_of(f"<html><head>{head}</head><body>x</body></html>"))) == {
        "pubdate": "2026-08-01",
        "articletitle": "标题",
        "others": "页面生成时间 2026-08-09 10:00:00",
        "页面生成时间": "2026-08-09 10:00:00",
    }
    assert document_dates("成文日期：2026-08-01 发文日期 2026年8月2日 成文日期：2026-08-01") == (
        "2026-08-01",
        "2026年8月2日",
    )
