"""Fields that the forms of drafts share, and what is asked of what is typed into them."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from server.folders.definition import SLUG_LENGTH, as_slug, is_slug

REQUIRED = InputRequired(_("This is needed."))
MOST = 2**31 - 1
# What an address looks like, for whoever typed one in which no Latin letter stands.
EXAMPLE = "autumn-2026"
# To the second: many deadlines are at 23:59:59.
MOMENT = {"type": "datetime-local", "step": "1"}
AT_LEAST_ONE = NumberRange(min=1, max=MOST, message=_("Write a whole number of at least 1."))


def one_line(form: Any, field: Any) -> None:
    """Refuse control characters. Raises ValidationError."""
    if field.data and not field.data.isprintable():
        raise ValidationError(_("Write one line of plain text."))


def as_an_address(form: Any, field: Any) -> None:
    """Refuse what can't stand in an address. Raises ValidationError."""
    if field.data and not is_slug(field.data):
        raise ValidationError(
            _(
                "Use lowercase letters, digits and single hyphens, at most %(most)s characters, "
                "such as %(example)s.",
                most=SLUG_LENGTH,
                example=as_slug(field.data, otherwise=EXAMPLE),
            )
        )


def _stripped(text: str | None) -> str | None:
    return text.strip() if isinstance(text, str) else text


def text_field(label: Any, most: int, *more: Any, **named: Any) -> StringField:
    """Return a field of one line."""
    validators = [*more, Length(max=most), one_line]
    return StringField(label, validators, filters=[_stripped], **named)
