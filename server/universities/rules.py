"""Pure decisions on universities: what is a slug, a country, and a domain of its own."""

import re
import unicodedata
from functools import cache

from babel import Locale

from server.shared.errors import N_, Invalid

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_SLUG = 64
# What the list of territories has beside the countries of ISO 3166 (and Kosovo, which takes part).
NO_COUNTRIES = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]
)
# Where Han characters are Chinese: Japanese names have them too.
WRITES_CHINESE = ("CN", "HK", "MO", "SG", "TW")
LONGEST_NAME = 200
LONGEST_DOMAIN = 253
# Anybody can have an address there, so an address there says nothing of a university.
# docs/operators.md lists these.
PUBLIC_MAIL = frozenset(
    {
        "126.com",
        "139.com",
        "163.com",
        "aliyun.com",
        "aol.com",
        "foxmail.com",
        "gmail.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "naver.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "sina.com",
        "sohu.com",
        "web.de",
        "yahoo.com",
        "yandex.ru",
        "yeah.net",
    }
)
# Below these, registries hand out names to many organisations: `edu.cn` is no university.
SHARED_SUFFIXES = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})


def is_slug(text: str) -> bool:
    """Whether a text could be a slug as it is kept."""
    return len(text) <= LONGEST_SLUG and SLUG.fullmatch(text) is not None


def clean_slug(text: str) -> str:
    """Return a slug as it is kept. Raises Invalid."""
    slug = text.strip().lower()
    if not is_slug(slug):
        raise Invalid(
            N_(
                "%(slug)s can't be a short name: use up to 64 letters a to z, digits, "
                "and single hyphens between them."
            ),
            field="slug",
            slug=text,
        )
    return slug


def clean_name(text: str, *, field: str = "name", required: bool = True) -> str:
    """Return a university's name on one line. Raises Invalid."""
    # Of a longer one so much says that it is too long: marks are ordered in time by their square.
    name = unicodedata.normalize("NFC", " ".join(text.split())[: 10 * LONGEST_NAME])
    if required and not name:
        raise Invalid(N_("Give the university's name."), field=field)
    if len(name) > LONGEST_NAME or any(unicodedata.category(c) == "Cc" for c in name):
        raise Invalid(N_("A name has at most 200 characters, on one line."), field=field)
    return name


@cache
def _countries() -> frozenset[str]:
    known = {str(code) for code in Locale("en").territories}
    return frozenset(c for c in known - NO_COUNTRIES if re.fullmatch("[A-Z]{2}", c))


def clean_country(text: str) -> str:
    """Return an ISO 3166 country code of two letters, or nothing. Raises Invalid."""
    code = text.strip().upper()
    if code and code not in _countries():
        raise Invalid(
            N_("%(code)s is no country: give its two letters, as in CN, DE or KE."),
            field="country",
            code=text,
        )
    return code


def clean_domain(text: str) -> str:
    """Return a domain as it is kept: lower case, ASCII, no `@`, no last dot.

    Raises:
        Invalid: it is no domain, or people of many organisations have addresses in it.
    """
    domain = _ascii(text.strip().removeprefix("@").rstrip(".").lower())
    labels = domain.split(".")
    if len(labels) < 2 or len(domain) > LONGEST_DOMAIN or not all(map(LABEL.fullmatch, labels)):
        raise Invalid(
            N_("%(domain)s is no e-mail domain: give what follows the @, as in tsinghua.edu.cn."),
            field="domain",
            domain=text,
        )
    _refuse_shared(domain, labels)
    return domain


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _refuse_shared(domain: str, labels: list[str]) -> None:
    if domain in PUBLIC_MAIL:
        raise Invalid(
            N_("Anybody can have an address at %(domain)s: it can't stand for a university."),
            field="domain",
            domain=domain,
        )
    if len(labels) == 2 and labels[0] in SHARED_SUFFIXES and len(labels[1]) == 2:
        raise Invalid(
            N_("Many organisations have names below %(domain)s: give the university's own domain."),
            field="domain",
            domain=domain,
        )


def domains_above(address: str) -> list[str]:
    """Return an address's domain and the domains above it, the nearest first."""
    labels = address.rpartition("@")[2].lower().split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]


def is_chinese(name: str, *, country: str) -> bool:
    """Whether a name is written in Chinese, as far as its characters and its country say.

    >>> is_chinese("清华大学", country="CN"), is_chinese("京都大学", country="JP")
    (True, False)
    >>> is_chinese("Technische Universität", country="DE"), is_chinese("お茶の水", country="")
    (False, False)
    """
    letters = [c for c in name if c.isalpha()]
    return country in ("", *WRITES_CHINESE) and bool(letters) and all(map(_is_han, letters))


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK")
