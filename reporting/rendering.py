"""Templates: escaping on, undefined names an error, every text made safe once more."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from core.runtime.paths import TEMPLATES
from reporting import wording

MAX_TEXT = 4_000  # characters of one text on a page; a longer one is cut and says so


def render(template: str, context: Mapping[str, object]) -> str:
    """A template with its context; the same context gives the same text."""
    return environment().get_template(template).render(context)


@cache
def environment() -> Environment:
    """Every text passes through `wording.safe`: what a view holds is safe already, and so is what is added later."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: not (name or "").endswith(".txt.j2"),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(short=wording.short, sha=lambda text: text[:12], ours=_ours)
    find = (TEMPLATES / "report/find.js").read_text("utf-8")
    templates.globals.update(FIND=Markup(find), FIND_HASH=_script_hash(find))
    return templates


def _script_hash(script: str) -> str:
    """As a Content-Security-Policy names the one script that may run."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _ours(text: str) -> Markup:
    """A text of our own with its hashes whole."""
    return Markup(escape(wording.ours(text)))


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return wording.short(value, MAX_TEXT)
    return value
