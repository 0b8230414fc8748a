"""Which of the numbers in a title is the page's own."""

import pytest

from crawler.extract.cited_numbers import own_numbers


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("企业148家（锡信委〔2015〕7号）", "锡信委〔2015〕7号"),
        ("关于印发苏园管〔2015〕58号的通知", "苏园管〔2015〕58号"),
        ("（通二区）药行罚〔2016〕8号", "(通二区)药行罚〔2016〕8号"),
        ("某某有限公司 淮市监处罚〔2023〕12号", "淮市监处罚〔2023〕12号"),
        ("某某有限公司淮市监处罚〔2023〕12号", "淮市监处罚〔2023〕12号"),
        ("(某经营处)德环罚字【2019】0013号", "德环罚字【2019】0013号"),
        ("重庆保监局渝保监罚〔2013〕46号", "渝保监罚〔2013〕46号"),
        ("津市场监管局处罚〔2024〕3号", "津市场监管局处罚〔2024〕3号"),
        ("东昌公（光）行罚决字[2018]111号", "东昌公(光)行罚决字[2018]111号"),
    ],
)
def test_a_numbers_prefix_is_cut_out_of_its_title(title: str, number: str) -> None:
    assert own_numbers(title, "") == (number,)
