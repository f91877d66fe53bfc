"""Lines in which we ourselves say why something could not be scored, known again by their words.

They are stored as text, often with a trace below, and partly come as text from a process that is
not believed in anything else. What a metric or a library says in them stays as it is.
"""

import re
from functools import cache

from scorers.sentences import Sentence, sentence
from server.shared.errors import N_

LINES = (
    N_("scoring took longer than %(seconds)s s of wall time"),
    N_("scoring needed more than %(bytes)s bytes of memory"),
    N_("the scoring process ended without an answer"),
    N_("the scoring process died (exit code %(code)s)"),
    N_("The worker died %(times)s times while it scored this."),
    N_("The worker died %(times)s times while it compared these."),
    N_("The worker died %(times)s times while it looked at this file."),
    N_("The worker died %(times)s times in the middle of it."),
    N_("The worker died again and again while it made this report."),
    N_("The worker died again and again while it made this copy."),
    N_("The phase has no live evaluation."),
    N_("The phase has no live evaluation: there is nothing to compare by."),
    N_(
        "the submitted file is missing in the store: the fault is the installation's, not the "
        "team's. Put the store back from a backup, or deploy the challenge again; then try again."
    ),
    N_(
        "the solution is missing in the store: the fault is the installation's, not the "
        "team's. Put the store back from a backup, or deploy the challenge again; then try again."
    ),
    N_(
        "the table of public rows is missing in the store: the fault is the installation's, not "
        "the team's. Put the store back from a backup, or deploy the challenge again; then try "
        "again."
    ),
    N_(
        "This machine's kernel has no Landlock, so a metric file could read what it must not. "
        "The operator may allow it: VARSITY_ALLOW_METRICS_WITHOUT_LANDLOCK=true"
    ),
    N_("The plug-in “%(name)s” raised %(kind)s: %(error)s"),
    N_("metric.py took longer than %(seconds)s s of processor time."),
    N_("metric.py took longer than %(seconds)s s."),
    N_("metric.py died by signal %(number)s (%(name)s)."),
    N_("metric.py ended its process (exit code 127 or more) without an answer."),
    N_("metric.py ended its process (exit code %(code)s) without an answer."),
    N_("metric.py could not be kept apart from the rest of this machine."),
    N_("metric.py left its folder in a state that cannot be looked at."),
    N_("metric.py answered more than %(bytes)s bytes."),
    N_("metric.py printed more than %(bytes)s bytes."),
    N_("metric.py wrote more than %(files)s files."),
    N_("metric.py wrote more than %(bytes)s bytes to its disk."),
    N_("metric.py answered something else than scores."),
    N_("metric.py answered for %(count)s boards of %(asked)s."),
    N_("metric.py answered for %(count)s resamples of %(asked)s."),
    N_("metric.py failed and did not say why."),
    N_("metric.py returned a whole number that is too large."),
    N_("metric.py returned a number that is too large."),
    N_("metric.py returned a %(kind)s, not a number."),
    N_("metric.py returned %(value)s, not a finite number."),
    N_("metric.py raised %(kind)s: %(error)s"),
)
_PLACE = re.compile(r"%\((\w+)\)s")
# The last line of a trace begins with the name of what was raised.
_RAISED = re.compile(r"^[\w.]*MissingFile: ")
# What may be of several lines, and anything: what an exception says.
_FREE = frozenset({"error"})


def recognised(text: str) -> str:
    """Return a line of ours as the sentence that it is, and any other text as it is."""
    if isinstance(text, Sentence) and (text.message or text.codes):
        return text
    line = _RAISED.sub("", text)
    for message, pattern in _patterns():
        match = pattern.fullmatch(line)
        if match is not None:
            return sentence(message, **match.groupdict())
    return text


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((message, _pattern(message)) for message in LINES)


def _pattern(message: str) -> re.Pattern[str]:
    parts, last = [], 0
    for place in _PLACE.finditer(message):
        parts += [re.escape(message[last : place.start()]), _group(place[1])]
        last = place.end()
    return re.compile("".join([*parts, re.escape(message[last:])]))


def _group(name: str) -> str:
    held = "(?s:.*)" if name in _FREE else ".{1,200}?"
    return f"(?P<{name}>{held})"
