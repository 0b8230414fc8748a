"""Who may do what at the desk: roles, rights, and the three powers that no account holds together.

The grade-protection rules (docs/desk.md §2) part the running of a system, the giving of rights and the reading of its
log: each is a role of its own, none of them sees the office's matters or says a word on them.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """One an account; the values are stored, their Chinese stands in `ROLES`."""

    HEAD = "head"
    REVIEWER = "reviewer"
    CLERK = "clerk"
    LEADER = "leader"
    CONTACT = "contact"
    LINK = "link"
    SYSTEM = "system"
    SECURITY = "security"
    AUDITOR = "auditor"
    CITY = "city"
    MEMBER = "member"


ROLES: Mapping[Role, str] = {
    Role.HEAD: "信用办负责人",
    Role.REVIEWER: "复核人",
    Role.CLERK: "经办人",
    Role.LEADER: "领导（只读）",
    Role.CONTACT: "单位联系人",
    Role.LINK: "单位（凭信件链接）",
    Role.SYSTEM: "系统管理员",
    Role.SECURITY: "安全管理员",
    Role.AUDITOR: "审计员",
    Role.CITY: "市信用办（看全市）",
    Role.MEMBER: "区县人员（全市账号）",
}


class Right(StrEnum):
    """What a page or a button asks for."""

    READ = "看本区的事项、单位、决定、季度"
    RULE = "裁定"
    FREEZE = "冻结和分发"
    HAND_IN = "收下报送的材料"
    ASK = "问单位"
    SEND = "重发信件"
    OPERATE = "看栏目和夜间任务的状态、试看栏目"
    PORTALS = "接入栏目"
    OWN = "看和答复本单位的事项"
    ACCOUNTS = "建立、停用账号"
    ROLES = "定账号的角色、解锁"
    LOG = "看操作记录"
    CITY = "看各区县的等级、比率、栏目"
    SIGNED_IN = "已登录"


_OFFICE = frozenset({Right.READ, Right.OPERATE, Right.SIGNED_IN})
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.HEAD: _OFFICE | {Right.RULE, Right.FREEZE, Right.HAND_IN, Right.ASK, Right.SEND, Right.PORTALS},
    Role.REVIEWER: _OFFICE | {Right.RULE, Right.HAND_IN, Right.ASK},
    Role.CLERK: _OFFICE | {Right.HAND_IN, Right.ASK, Right.SEND, Right.PORTALS},
    Role.LEADER: frozenset({Right.READ, Right.SIGNED_IN}),
    Role.CONTACT: frozenset({Right.OWN, Right.SIGNED_IN}),
    Role.LINK: frozenset({Right.OWN, Right.SIGNED_IN}),
    Role.SYSTEM: frozenset({Right.OPERATE, Right.PORTALS, Right.ACCOUNTS, Right.SIGNED_IN}),
    Role.SECURITY: frozenset({Right.ROLES, Right.SIGNED_IN}),
    Role.AUDITOR: frozenset({Right.LOG, Right.SIGNED_IN}),
    Role.CITY: frozenset({Right.CITY, Right.SIGNED_IN}),
    Role.MEMBER: frozenset({Right.SIGNED_IN}),
}
LINKED = "link-"  # how the user names of units that come by a link begin
POWERS = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR})  # given by hand alone: `chengxin desk account`
# the first can be given at a city's desk (desk.city), the second at a district's, neither at the other's
OF_A_CITY = frozenset({Role.CITY, Role.MEMBER})
OF_A_DISTRICT = frozenset(Role) - POWERS - OF_A_CITY - {Role.LINK}
