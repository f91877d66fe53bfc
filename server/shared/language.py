"""The reader's language: messages and numbers, looked up once and not once for every cell."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale
from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from server.shared.bidi import isolated_name, set_apart
from server.shared.catalogues import catalogue_of
from server.shared.moments import Unit, moment_words, span_words
from server.shared.web import viewer

# The first is spoken to whoever asks for none of them.
LANGUAGES = ("en", "zh")
# Each in its own words: whoever looks for one may not read the others.
NAMES = {"en": "English", "zh": "简体中文"}
# What a page says it is written in; the catalogue is of the simplified script.
TAGS = {"en": "en", "zh": "zh-Hans"}
COOKIE = "language"
# What stands before a negative number where people read it; data keep the hyphen.
MINUS = "\N{MINUS SIGN}"
_HYPHEN = re.compile(r"(?:^|(?<=[eE]))-(?=[\d.∞])")
_NOUGHT = re.compile(rf"{MINUS}[0,.]+")
MOST_NUMBERS = 20_000
MOST_MESSAGES = 10_000


# What is spoken for a while instead of the reader's language.
_spoken: ContextVar[str] = ContextVar("spoken", default="")


class _Messages(Domain):  # type: ignore[misc]
    """Flask-Babel's own way to the catalogues, through ours."""

    def get_translations(self) -> Any:
        """Return the catalogue of the language that is spoken now."""
        return catalogue_of(language())

    def gettext(self, string: str, **variables: Any) -> Any:
        """Return a message; names that run from right to left keep to themselves."""
        return super().gettext(string, **set_apart(variables))

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> Any:
        """Return a message of so many, as `gettext` does."""
        return super().ngettext(singular, plural, num, **set_apart(variables))


def install_language(app: Flask) -> None:
    """Translate templates into the reader's language and write numbers its way."""
    babel = Babel(app, locale_selector=_language)
    babel.domain_instance = _Messages()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _translations().ugettext(message),
        lambda one, many, n: _translations().ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _said
    app.jinja_env.globals["ngettext"] = _said_of_many(app.jinja_env.globals["ngettext"])
    app.jinja_env.globals["language_names"] = NAMES
    app.jinja_env.globals["language_tags"] = TAGS
    app.jinja_env.filters["language_name"] = lambda code: NAMES.get(code, code)
    app.jinja_env.filters["decimalformat"] = _decimal
    app.jinja_env.filters["numberformat"] = _decimal
    app.jinja_env.filters["minus"] = with_minus
    app.jinja_env.filters["isolated"] = isolated_name
    app.jinja_env.filters["datetimeformat"] = _moment
    app.jinja_env.filters["timedeltaformat"] = _span


def language() -> str:
    """Return the code of the reader's language; a page asks for it hundreds of times."""
    spoken = _spoken.get()
    if spoken:
        return spoken
    try:
        # Nearly always: found earlier in this request.
        return g.language  # type: ignore[no-any-return]
    except (AttributeError, RuntimeError):
        found = str(get_locale() or LANGUAGES[0])
    if has_request_context():
        g.language = found
    return found


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak another language for a while: a letter is written in its reader's.

    An unknown code (an account of a language that is no longer spoken) speaks the first one.
    """
    known = code if code in LANGUAGES else LANGUAGES[0]
    before = _spoken.set(known)
    try:
        with force_locale(known) if has_app_context() else nullcontext():
            yield
    finally:
        _spoken.reset(before)


def chosen_language() -> str:
    """Return what the reader chose, else nothing: the account's word stands above the cookie's."""
    for code in (viewer().language, request.cookies.get(COOKIE, "")):
        if code in LANGUAGES:
            return code
    return ""


def _language() -> str:
    if not has_request_context():
        return LANGUAGES[0]
    asked = request.accept_languages.best_match(LANGUAGES)
    return chosen_language() or asked or LANGUAGES[0]


def _translations() -> Any:
    """Return the catalogue of this request; a board asks for it hundreds of times."""
    return catalogue_of(language())


@pass_eval_context
def _said(context: EvalContext, message: str, /, **variables: Any) -> str:
    """Return a message of a template, as Jinja's own `_` does, and in a third of its time."""
    known = catalogue_of(language()), message, context.autoescape
    # What names nothing is formatted too: in a message a percent sign is written twice.
    return _format(*known) % set_apart(variables) if variables else _unnamed(*known)


def _said_of_many(own: Any) -> Any:
    """Return Jinja's own `ngettext`, with the names in it set apart."""

    @pass_context
    def said(context: Context, singular: str, plural: str, num: int, /, **variables: Any) -> Any:
        return own(context, singular, plural, num, **set_apart(variables))

    return said


@lru_cache(maxsize=MOST_MESSAGES)
def _format(catalogue: Translations, message: str, autoescape: bool) -> str:
    found = str(catalogue.ugettext(message))
    return Markup(found) if autoescape else found  # noqa: S704 - our own words


@lru_cache(maxsize=MOST_MESSAGES)
def _unnamed(catalogue: Translations, message: str, autoescape: bool) -> str:
    return _format(catalogue, message, autoescape) % {}


def _decimal(number: float, format: str | None = None) -> str:
    return number_words(number, format, language())


def number_words(number: float, format: str | None, locale: str) -> str:
    """Return a number by a pattern of Babel's, in a language; nought has no sign."""
    # To the cache -0.0 and 0.0 are one number: both would be written as whichever came first.
    return _formatted(number + 0, format, locale)


@lru_cache(maxsize=MOST_NUMBERS)
def _formatted(number: float, format: str | None, locale: str) -> str:
    places = _places(number, format)
    symbols = _symbols(locale)
    if places is None or symbols is None or not isfinite(number):
        return with_minus(format_decimal(number, format, locale))
    # What Babel writes, in a tenth of the time: a board has two hundred numbers.
    return _signed(f"{Decimal(str(number)):,.{places}f}".translate(symbols))


def with_minus(text: str) -> str:
    """Return a number's text as people read it: with a true minus sign."""
    return _signed(_HYPHEN.sub(MINUS, text))


def _signed(text: str) -> str:
    return text[1:] if _NOUGHT.fullmatch(text) else text


def _places(number: float, format: str | None) -> int | None:
    """Return how many decimals a pattern asks for; None where that is not all that it asks."""
    if format is None:
        return 0 if isinstance(number, int) else None
    head, _, decimals = format.partition(".")
    return len(decimals) if head == "#,##0" and not decimals.strip("0") else None


@lru_cache
def _symbols(locale: str) -> dict[int, str] | None:
    """Return what a language writes for comma and point; None where it groups in its own way."""
    known = Locale.parse(locale)
    pattern, data = known.decimal_formats[None], known._data
    usual = pattern.grouping == (3, 3) and data.get("minimum_grouping_digits", 1) == 1
    if not usual or known.default_numbering_system != "latn":
        return None
    symbols = known.number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"], "-": MINUS})


def _moment(moment: datetime, format: str, rebase: bool = False) -> str:
    # Moments are in UTC, and are shown so; a script says them in the reader's time.
    if rebase:
        raise ValueError("moments are shown in UTC")
    return moment_words(moment, format, language())


def _span(span: timedelta, granularity: Unit, threshold: float, add_direction: bool) -> str:
    return span_words(
        span,
        granularity=granularity,
        threshold=threshold,
        add_direction=add_direction,
        locale=language(),
    )
