"""The base of everything that is configuration: immutable values, and an unknown key is an error."""

from typing import Annotated, Literal

from cssselect import GenericTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def checked_css(css: str) -> str:
    """A CSS selector, or nothing; ValueError for what is none."""
    try:
        GenericTranslator().css_to_xpath(css or "*")
    except SelectorError as error:
        raise ValueError(f"不是 CSS 选择器：{css}（{error}）") from error
    return css


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Css = Annotated[str, AfterValidator(checked_css)]
UnitKind = Literal["town", "dept-a", "dept-b"]
PublicKey = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]  # Ed25519, as hex digits; "" for none


class Frozen(BaseModel):
    """Base of all configuration values: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
