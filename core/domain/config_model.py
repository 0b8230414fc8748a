"""The base of everything that is configuration: immutable values, and an unknown key is an error."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
UnitKind = Literal["town", "dept-a", "dept-b"]


class Frozen(BaseModel):
    """Base of all configuration values: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
