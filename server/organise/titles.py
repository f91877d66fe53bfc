"""The title of the edition after one: of the next year, or with the next number. Pure."""

import re

LONGEST = 200
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:(\s?[/–-]\s?)(\d{4}|\d\d))?(?!\d)")
_ORDINAL = re.compile(r"(?<!\d)(\d{1,3})(?:st|nd|rd|th)\b(?=\s+edition\b)", re.IGNORECASE)
_EDITION = re.compile(r"(\b(?:edition|season|round)\s+)(\d{1,3})(?!\d)", re.IGNORECASE)
_CHINESE = re.compile(r"(第\s?)(\d{1,3})(\s?[届期])")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def title_after(title: str) -> str:
    """Return the title of the next edition: it always differs."""
    years = list(_YEARS.finditer(title))
    if years:
        found = years[-1]
        return title[: found.start()] + _next_years(found) + title[found.end() :]
    for pattern, following in (
        (_ORDINAL, lambda found: ordinal(int(found[1]) + 1)),
        (_EDITION, lambda found: f"{found[1]}{int(found[2]) + 1}"),
        (_CHINESE, lambda found: f"{found[1]}{int(found[2]) + 1}{found[3]}"),
    ):
        if pattern.search(title):
            return pattern.sub(following, title, count=1)
    second = "（第 2 届）" if _HAN.search(title) else ", 2nd edition"
    return title[: LONGEST - len(second)].rstrip() + second


def year_of(title: str) -> int | None:
    """Return the last year that a title names, the first of a span such as 2026/27."""
    years = _YEARS.findall(title)
    return int(years[-1][0]) if years else None


def _next_years(found: re.Match[str]) -> str:
    year, between, until = found.groups()
    following = str(int(year) + 1)
    if until is None:
        return following
    # Two digits that are no year after the first are a month, a day or a number: they stay.
    is_span = int(until[-2:]) == (int(year) + 1) % 100
    return f"{following}{between}{_after(until) if is_span else until}"


def _after(until: str) -> str:
    return str(int(until) + 1) if len(until) == 4 else f"{(int(until) + 1) % 100:02d}"


def ordinal(number: int) -> str:
    """Write 1st, 2nd, 3rd, 4th."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
