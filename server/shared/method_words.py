"""How an interval was found, part by part: a scorer writes it with the numbers in it."""

import re
from typing import Any

from server.shared.errors import N_

# Each form of what `scorers` writes as a method, and its message; a place may be such a text again.
FORMS = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"withheld: (?P<reason>.+)", N_("withheld: %(reason)s")),
        (
            r"(?P<method>.+), as distances from the share promised",
            N_("%(method)s, as distances from the share promised"),
        ),
        (
            r"(?P<of>.+) are too few to show how they vary",
            N_("%(of)s are too few to show how they vary"),
        ),
        (
            r"(?P<of>.+) are too few for an interval of this quantile",
            N_("%(of)s are too few for an interval of this quantile"),
        ),
        (r"(?P<of>.+) do not show how they vary", N_("%(of)s do not show how they vary")),
        (
            r"without one of the (?P<of>.+) the metric is not defined",
            N_("without one of the %(of)s the metric is not defined"),
        ),
        (r"Wilson, from (?P<of>.+)", N_("Wilson, from %(of)s")),
        (
            r"Wilson's of (?P<count>\d+) classes, combined \(MOVER\)",
            N_("Wilson's of %(count)s classes, combined (MOVER)"),
        ),
        (r"(?P<method>t\b.*?) from (?P<of>.+)", N_("%(method)s from %(of)s")),
        (
            r"(?P<method>t\b.*) with 1 degrees? of freedom",
            N_("%(method)s with 1 degree of freedom"),
        ),
        (
            r"(?P<method>t\b.*) with (?P<count>\d+) degrees of freedom",
            N_("%(method)s with %(count)s degrees of freedom"),
        ),
        (r"t in Wilson's form", N_("t in Wilson's form")),
        (r"t on the logarithmic scale", N_("t on the logarithmic scale")),
        (r"order statistics of (?P<of>.+)", N_("order statistics of %(of)s")),
        (r"percentiles of (?P<of>.+)", N_("percentiles of %(of)s")),
        (
            r"(?P<count>\d+) outright resamples of (?P<of>.+)",
            N_("%(count)s outright resamples of %(of)s"),
        ),
        (r"(?P<of>.+), in (?P<count>\d+) groups", N_("%(of)s, in %(count)s groups")),
        (r"(?P<part>\d+) of (?P<of>\d+ .+)", N_("%(part)s of %(of)s")),
        # What was stored before the plural was told apart says "1 rows".
        (r"1 rows?", N_("1 row")),
        (r"1 units?", N_("1 unit")),
        (
            r"1 blocks? of (?P<count>\d+) consecutive rows",
            N_("1 block of %(count)s consecutive rows"),
        ),
        (r"(?P<of>\d+ rows) in 1 units?", N_("%(of)s in 1 unit")),
        (r"(?P<of>\d+ rows) in (?P<count>\d+) units", N_("%(of)s in %(count)s units")),
        (r"(?P<count>\d+) (?P<of>rows|units|blocks .+)", N_("%(count)s %(of)s")),
        (
            r"blocks of (?P<count>\d+) consecutive rows",
            N_("blocks of %(count)s consecutive rows"),
        ),
        (
            r"paired: t interval, p-value by turned signs",
            N_("paired: t interval, p-value by turned signs"),
        ),
        (r"paired percentiles", N_("paired percentiles")),
        (r"the same for every unit", N_("the same for every unit")),
        (r"(?P<of>.+) are too few to compare by", N_("%(of)s are too few to compare by")),
        (r"there are no replicates to pair", N_("there are no replicates to pair")),
        (r"not defined on the resamples", N_("not defined on the resamples")),
        (r"rows", N_("rows")),
        (r"units", N_("units")),
    )
)


def method_words(text: str, catalogue: Any) -> str:
    """Return a method in a catalogue's language; as it is where no form of it is known."""
    for form, message in FORMS:
        if found := form.fullmatch(text):
            parts = {name: _part(part, catalogue) for name, part in found.groupdict().items()}
            return str(catalogue.ugettext(message) % parts)
    return text


def _part(text: str, catalogue: Any) -> str:
    known = str(catalogue.ugettext(text))
    return known if known != text else method_words(text, catalogue)
