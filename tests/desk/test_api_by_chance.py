"""The API asked by chance, by what it says of itself (schemathesis): what it promises holds for whatever is sent."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case as AnyCase
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.desk.test_api import ADDRESSES, token
from tests.support.desk_town import Town

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

Case = AnyCase[Any]
EXAMPLES = pytest.mark.parametrize("examples", [6, 150], ids=["few", "many"])


def by_chance(address: str, examples: int) -> "Callable[[Callable[[Case], None]], None]":
    """Run something with requests to an address, those that its description allows and those that it does not."""
    from django.core.wsgi import get_wsgi_application

    schema = from_wsgi("/api/openapi.json", get_wsgi_application())
    asked = schema[f"/api/{address}"]["POST" if address == "import" else "GET"]
    phases = [phase for phase in Phase if phase is not Phase.explain]
    patiently = settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=phases,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    def run(ask: "Callable[[Case], None]") -> None:
        for mode in GenerationMode:
            cases: SearchStrategy[Case] = asked.as_strategy(generation_mode=mode)
            patiently(given(cases)(ask))()

    return run


@pytest.mark.parametrize("address", ADDRESSES)
@EXAMPLES
def test_an_answer_is_as_declared_whatever_is_asked(town: Town, address: str, examples: int) -> None:
    """No failure of the program, no status, type or shape that is not declared, nothing misspelt taken for good, and no
    answer without the token."""
    headers = {"Authorization": f"Bearer {token(*ADDRESSES)}"}
    # who sends is somebody of the district, which no schema knows
    besides: list[CheckFunction] = [positive_data_acceptance] if address == "import" else []

    def ask(case: Case) -> None:
        unsent = [name for name, value in case.query.items() if value in ([], {})]  # no address can say such a thing
        case.call_and_validate(headers=headers, excluded_checks=besides + ([negative_data_rejection] if unsent else []))

    by_chance(address, examples)(ask)


@pytest.mark.parametrize("address", ADDRESSES)
@EXAMPLES
def test_nothing_is_told_or_taken_without_the_scope(town: Town, address: str, examples: int) -> None:
    others = token(*(scope for scope in ADDRESSES if scope != address))

    statuses = set()

    def ask(case: Case) -> None:
        for word, status in (("", 401), ("Bearer x", 401), (f"Bearer {others}", 403)):
            answer = case.call(headers={"Authorization": word})
            assert answer.status_code in (401, status)  # some cases are sent without any such header
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])
            statuses.add(answer.status_code)

    by_chance(address, examples)(ask)
    assert statuses == {401, 403}
