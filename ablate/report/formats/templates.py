"""Jinja templates of any format: every text is escaped, unless a filter has prepared it already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment as Environment
else:  # a name for annotations alone, so that what renders nothing never waits for Jinja
    Environment = object

Filters = Mapping[str, Callable[..., str]]


def environment(escape: Callable[[str], str], filters: Filters, **signs: Any) -> Environment:
    """Templates that print each text as `escape` has it; what a filter returns stands as it is.

    `signs` are the delimiters, where those of Jinja mean something in the format.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def printed(value: object) -> Markup:
        return value if isinstance(value, Markup) else Markup(escape(str(value)))

    def prepared(filter: Callable[..., str]) -> Callable[..., Markup]:  # noqa: A002
        return lambda *values: Markup(filter(*values))

    made = Environment(
        loader=PackageLoader("ablate.report"),
        autoescape=True,
        finalize=printed,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **signs,
    )
    made.filters |= {name: prepared(filter) for name, filter in filters.items()}  # noqa: A001
    return made
