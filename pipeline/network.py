"""Whether it was the sites that did not answer, or this machine that asked nobody (decision 0030)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.domain.config import Config
from core.domain.look_reasons import LookReason, reason_of, sentence
from core.domain.models import Look
from core.storage.session import Session
from crawler.crawl_job import ListPass, VisitPlan

HOSTS = 3  # so many sites do not go dark in one hour
AGAIN = 2  # added to a pass's number when it is made once more
_NETWORK = {LookReason.CONNECTION, LookReason.TIMEOUT, LookReason.TLS, LookReason.PRIVATE_ADDRESS}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDoubt:
    """A night in which nothing that was asked answered. `again`: it was tried once more, to no better end."""

    run: str
    portals: int
    hosts: int
    reasons: tuple[str, ...]
    again: bool

    @property
    def is_ours(self) -> bool:
        """Whether so many sites are concerned that it is counted against none of them."""
        return self.hosts >= HOSTS

    @property
    def sentence(self) -> str:
        """What was tried, and what to do."""
        again = "，隔一会儿又试过一次，仍然如此" if self.again else ""
        tried = f"{self.run} 夜里试了 {self.portals} 个栏目（{self.hosts} 个网站），没有一个连得上"
        why = f"（{'、'.join(self.reasons)}）{again}"
        if self.is_ours:
            advice = "这一夜不计入任何栏目的连续无效夜数，也不据此认定未公示；请检查本机的网络、域名解析和时钟"
            return f"本机网络可能不通：{tried}{why}。{advice}。"
        return f"本机网络可能不通，也可能是网站停了：{tried}{why}。请在本机和别处各打开一个网站看看。"


def doubt_of(session: Session, run: str) -> NetworkDoubt | None:
    """The doubt that a night's looks leave; None where any portal answered, or fewer than two were asked."""
    return network_doubt(session.config, session.looks.looks(run=run))


def network_doubt(config: Config, looks: Sequence[Look]) -> NetworkDoubt | None:
    """The same of the looks of one night. What was never asked (no browser here) says nothing. Pure."""
    asked = [look for look in looks if LookReason.BROWSER_MISSING not in look.reasons]
    portals = {look.portal for look in asked}
    if len(portals) < 2 or not all(map(_is_unreached, asked)):
        return None
    reasons = (reason for look in asked for reason in look.reasons if reason_of(reason) in _NETWORK)
    return NetworkDoubt(
        run=asked[0].run,
        portals=len(portals),
        hosts=len({urlsplit(p.url).netloc for p in config.portals if p.id in portals}),
        reasons=tuple(sentence(reason) for reason in dict.fromkeys(reasons)),
        again=any(_number(look) > AGAIN for look in asked),
    )


def _is_unreached(look: Look) -> bool:
    return not look.genuine and not look.pages and any(reason_of(reason) in _NETWORK for reason in look.reasons)


def _number(look: Look) -> int:
    return int(look.id.rpartition("/")[2])


def plan_again(session: Session, run: str) -> tuple[VisitPlan, ...]:
    """The looks of a night of doubt once more, as looks of their own; () where there is no doubt, or it was tried."""
    looks = session.looks.looks(run=run)
    if network_doubt(session.config, looks) is None:
        return ()
    passes: dict[str, list[ListPass]] = {}
    done = {(look.portal, _number(look)) for look in looks}
    for look in sorted(looks, key=_number):
        number = _number(look) + AGAIN
        if number <= 2 * AGAIN and (look.portal, number) not in done:
            again = ListPass(number=number, kind=look.kind, past_caches=look.past_caches)
            passes.setdefault(look.portal, []).append(again)
    known = {portal.id for portal in session.config.portals if portal.enabled}
    return tuple(VisitPlan(portal=each, passes=tuple(p)) for each, p in passes.items() if each in known)


def excused_nights(session: Session, since: str) -> set[str]:
    """The nights from `since` on that are counted against no portal."""
    return {run for run in session.looks.silent_nights(since) if (d := doubt_of(session, run)) and d.is_ours}
