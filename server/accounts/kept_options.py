"""A choice of hundreds: to write out all time zones takes longer than the rest of a page."""

from functools import lru_cache
from typing import Any

from markupsafe import Markup
from wtforms.widgets import Select

MOST_OPTIONS = 2_000


class KeptOptions(Select):  # type: ignore[misc]
    """Writes out a choice of plain words; each of its options once."""

    @classmethod
    def render_option(cls, choice: Any, **_more: Any) -> Markup:
        """Return an option as `Select` writes it."""
        return _written(choice.value, str(choice.label or choice.value), bool(choice.selected))


@lru_cache(maxsize=MOST_OPTIONS)
def _written(value: str, label: str, selected: bool) -> Markup:
    option = (
        '<option selected value="{}">{}</option>' if selected else '<option value="{}">{}</option>'
    )
    return Markup(option).format(value, label)  # noqa: S704 - what stands in it is escaped
