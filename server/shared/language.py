"""The reader's language: messages and numbers, looked up once and not once for every cell."""

from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale
from flask_babel import get_translations as load_translations

LANGUAGES = ("en",)
MOST_NUMBERS = 20_000


def install_language(app: Flask) -> None:
    """Translate templates into the reader's language and write numbers its way."""
    Babel(app, locale_selector=_language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _translations().ugettext(message),
        lambda one, many, n: _translations().ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.filters["decimalformat"] = _decimal
    app.jinja_env.filters["numberformat"] = _decimal


def language() -> str:
    """Return the code of the reader's language."""
    return str(get_locale() or LANGUAGES[0])


def _language() -> str:
    if not has_request_context():
        return LANGUAGES[0]
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _translations() -> Any:
    """Return the catalogue of this request; a board asks for it hundreds of times."""
    if not has_request_context():
        return load_translations()
    if "translations" not in g:
        g.translations = load_translations()
    return g.translations


def _decimal(number: float, format: str | None = None) -> str:
    # To the cache -0.0 and 0.0 are one number: both would be written as whichever came first.
    return _formatted(number + 0, format, language())


@lru_cache(maxsize=MOST_NUMBERS)
def _formatted(number: float, format: str | None, locale: str) -> str:
    return format_decimal(number, format, locale)
