"""What a check found, in the words of the browser's steps: no paths and no keys of a folder."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from scorers.sentences import Sentence
from server.drafts.documents import path_in_folder
from server.drafts.models import DraftFile
from server.drafts.naming import field_of_key
from server.drafts.places import step_of_fault
from server.drafts.rules import Step
from server.preflight.report import Line, Place
from server.shared.errors import N_
from server.shared.sentences import told as told_kept
from server.shared.sentences import translated

LEVELS = ("error", "warning", "note", "passed")
# Where the remedy is another at a step than in a folder.
REMEDIES = {
    "pages": N_("Write the page, or do without it."),
    "rules": N_("Write the page, or do without it."),
    "quotas": N_("Let the submissions of a day be no more than those in all."),
    "no-private": N_("Choose a split that leaves some rows private."),
    "solution": N_("Correct the file and upload it again, or split it otherwise."),
    "answers-served": N_("Remove the file, or upload it without that column."),
    "perfect": N_("Look at the labels, the parameters of the metric and the solution's values."),
    "sample": N_("Let the sample and the solution have the same ids, and only allowed values."),
    "baseline": N_("Correct the file and upload it again."),
    "ladder": N_("Choose another ranking, or another metric."),
    "metric": N_("Correct the solution, or the parameters of the metric."),
    "metric-file": N_("Correct metric.py, and have the challenge deployed again."),
    "host": N_("Name the institute, the company or the society behind it."),
    "licence": N_("Name one, such as CC BY 4.0, or say who allows what."),
    "privacy": N_("Say whether they are, and if so whom to ask."),
    "privacy-contact": N_("Name your data protection officer, or whoever answers."),
    "picture": N_("Upload the picture, or take it out of the page."),
    "picture-elsewhere": N_("Upload the picture here, or leave it a link."),
    "midnight": N_("Nothing, if it is meant; else write the end of the day in your own zone."),
}
# A remedy with a key, a path or other marks of a folder helps nobody who sees none.
_OF_A_FOLDER = re.compile(r"[a-z]_[a-z]|[=`{}\[\]]|\.toml|\.md\b|\b(data|private|images)/")


class Fault(NamedTuple):
    """A mistake, the step and the field that mend it, and what to do where that is known."""

    step: Step
    field: str
    message: str
    remedy: str


class Names(NamedTuple):
    """The paths of a draft's files in its folder, the longest first, and what they are called."""

    known: Sequence[tuple[str, str]]

    def plain(self, text: str) -> str:
        """Return a text with the names of files as they were uploaded."""
        for path, name in self.known:
            text = text.replace(path, name)
        return text


def told(report: Mapping[str, Any], files: Sequence[DraftFile]) -> dict[str, Any]:
    """Return what the page of a check shows of its report."""
    lines = [Line.from_dict(line) for line in report.get("lines", ())]
    names = names_of(files)
    return {
        "names": names,
        "levels": [(level, [ln for ln in lines if ln.level == level]) for level in LEVELS],
        "faults": faults_shown(report.get("faults") or (), names),
        "remedy_of": remedy_of,
        "place_of": place_of,
        "said_in": said_in,
    }


def names_of(files: Sequence[DraftFile]) -> Names:
    """Return what the files of a draft are called."""
    paths = [(path_in_folder(file), file.name) for file in files]
    return Names(sorted(paths, key=lambda pair: -len(pair[0])))


def faults_shown(found: Sequence[Mapping[str, Any]], names: Names) -> list[Fault]:
    """Return the mistakes in the order of the steps."""
    order = list(Step)
    shown = [_fault(fault, names) for fault in found]
    return sorted(shown, key=lambda fault: order.index(fault.step))


def _fault(found: Mapping[str, Any], names: Names) -> Fault:
    # A check of before sentences were kept has the English text alone.
    said = found.get("sentences") or found
    message, remedy = (names.plain(told_kept(said[n])) for n in ("message", "remedy"))
    return Fault(
        step=step_of_fault(found["file"], found["key"]),
        field=field_of_key(found["key"] or ""),
        message=message,
        remedy="" if _OF_A_FOLDER.search(names.plain(found["remedy"])) else remedy,
    )


def said_in(line: Line, text: str) -> str:
    """Return one of a line's sentences in the reader's language, filled in."""
    if isinstance(text, Sentence):
        return translated(text)
    if not text:
        return ""
    return str(_(text, **line.shown) if line.values else _(text))


def remedy_of(line: Line, names: Names) -> str:
    """Return what to do about a line, at the step that it links to."""
    if not line.remedy:
        return ""
    if line.code in REMEDIES:
        return str(_(REMEDIES[line.code]))
    return names.plain(said_in(line, line.remedy))


def place_of(line: Line, names: Names) -> str:
    """Return the file, the line and the column that a line is about; "" where a step says it."""
    known = {path for path, _name in names.known}
    if line.where is None or line.where.file not in known:
        return ""
    return str(_(", ")).join([names.plain(line.where.file), *_within(line.where)])


def _within(where: Place) -> list[str]:
    line = [] if where.line is None else [str(_("line %(line)s", line=where.line))]
    column = where.printed_column
    return line if column is None else [*line, str(_("column “%(name)s”", name=column))]
