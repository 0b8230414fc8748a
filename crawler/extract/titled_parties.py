"""The party that a title names: a decision's, a licence's or a case's."""

import re
from collections.abc import Collection

from core.domain.text import tight
from crawler.extract.party_names import BRANCH, COMPANY

_OFFICE = re.compile(r"(?:局|厅|委|委员会|政府|处|部|镇|乡|街道|[县市区州盟旗])$")
_SEVERAL = re.compile(r"(?:公司|集团|银行)[与和及]|公司.")
_GRANTED_TO = re.compile(
    rf"[^，。；：:]{{0,30}}关于(?:同意|准予|批准|核准|许可)?(?P<name>(?!同意|准予|批准|核准|许可|[对给在]){COMPANY})(?!{BRANCH})"
    rf"(?![^，。]*(?:公司|集团|银行))(?![与和及、]|等\d*[家个户])[^，。；：:]{{2,80}}(?:批复|许可决定书?|审[批查核]意见|审核同意书|复函|的函)"
)
_TITLED = re.compile(
    r"(?:关于)?(?:对|给予)?(?P<name>(?:(?![关于对、]|局|委员会|政府|办公室|监管)[\u4e00-\u9fff()·]){2,40}?"
    r"(?:公司|集团|合作社|银行|[支分]行|营业部|经营部|商行|超市|酒店|宾馆|饭店|餐厅|药房|药店|医院|卫生院|门诊部|诊所|网吧|加油站|(?:搅拌|加气|回收|收购|维修)站|(?:养殖|种植|采石|石料|猪|鸡|鸭|渔)场|[店厂]))"
    r"(?:的|作出|[_—-])?[(]?行政(?:处罚|许可)(?!工作)"
)
_NOT_ITS_NAME = (
    "销售|生产|经营(?!部)|使用|侵犯|假冒|冒用|未|擅自|违[反法]|举报|投诉|涉嫌|关于|员工"
    "|局|委员会|政府|查[处获办]|通报|曝光|公布|破获|处罚|首[例起张]|一起|[一二两三四五六七八九十多数]家|辖区"
    "|[在向为从由与和及给对的被将某案诉]"
)
_DID = (
    "(?:未|擅自|违[反法规]|经营|销售|生产|使用|发布|超[出过]|无[证照]|不按|非法|拒不|虚假|伪造|转让|出租|允许"
    "|采[购用]|购进)"
)
_SHOP = "(?:公司|合作社|经营部|商行|超市|药房|酒店|宾馆|饭店|餐厅|网吧|医院|诊所|门诊部|加油站|[厂店])"
_CASE = re.compile(
    rf"(?P<name>(?:(?!{_NOT_ITS_NAME})[\u4e00-\u9fff()]){{2,36}}{_SHOP})(?:\([^()]{{2,8}}\))?(?:涉嫌)?{_DID}"
    rf"(?![^，。]*{_SHOP}{_DID})[^，。；：:]{{2,60}}案"
)
_OF_TWO = re.compile(
    rf"公司(?!{BRANCH}$|[\u4e00-\u9fff()]{{1,12}}[店厂部站]$).|公司.*(?:举报|投诉|起诉|[与和及诉])|[店厂吧站][与和及]"
)
_ENTITLED = re.compile(r"【(?:单位|企业|法人)】(?P<name>[\u4e00-\u9fff()·]{2,36}(?:公司|集团|合作社|厂|店|商行|超市))")


def party_of_title(title: str) -> str:
    """The one firm that a decision's title opens with (关于某公司的行政处罚公示) or is (【单位】某公司), else ""."""
    match = _TITLED.match(tight(title)) or _ENTITLED.fullmatch(tight(title))
    return match["name"] if match and not _OF_TWO.search(match["name"]) else ""


def party_of_case(name: str) -> str:
    """The one firm that a case is named after, which did it (某店经营超过保质期食品案), else ""."""
    match = _CASE.fullmatch(tight(name))
    return match["name"] if match else ""


def granted_to(title: str, saluted: Collection[str]) -> set[str]:
    """The firms that titles grant something to (关于准予某公司…的批复), where none but an office is `saluted`."""
    titled = [match["name"] for line in map(tight, title.splitlines()) if (match := _GRANTED_TO.match(line))]
    firms = {name for name in titled if not _SEVERAL.search(name)}
    return firms if all(is_office(who) or who in firms for who in saluted) else set()


def is_office(name: str) -> bool:
    """Whether a name is an office's or a place's."""
    return bool(_OFFICE.search(name))
