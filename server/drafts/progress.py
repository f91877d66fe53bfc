"""How far a draft is: for each step whether it is done, and what is missing or wrong. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from server.drafts.documents import (
    id_columns_of,
    moment_of,
    phases_of,
    read_as_one,
    sample_of,
    section,
    solution_of,
)
from server.drafts.models import ChallengeDraft, DraftFile, DraftJob
from server.drafts.rules import FileKind, FileState, JobState, Step
from server.shared.errors import N_

TITLES = {
    Step.ABOUT: N_("About"),
    Step.PAGES: N_("Pages"),
    Step.DATA: N_("Data files"),
    Step.METRIC: N_("Metric"),
    Step.PHASES: N_("Phases"),
    Step.SOLUTION: N_("Solutions"),
    Step.TEAMS: N_("Teams"),
    Step.RULES: N_("Rules"),
    Step.BASELINES: N_("Baselines"),
    Step.PEOPLE: N_("People"),
    Step.CHECK: N_("Check and launch"),
}


# So many columns of a sample are named where one has to be chosen.
MOST_NAMED = 12


class Mark(StrEnum):
    """How a step stands. What the check can't do without stops the launch; pages are asked for, and
    a launch without them says so."""

    DONE = "done"
    TODO = "todo"
    FAULT = "fault"
    OPTIONAL = "optional"


class Note(NamedTuple):
    """Something missing or wrong in a step, and the field it is about.

    `passes`: it passes by itself; the step shows it beside the file, as it stands at the moment.
    """

    mark: Mark
    text: str
    values: Mapping[str, Any] = {}
    field: str = ""
    passes: bool = False


class StepView(NamedTuple):
    """A step as the list at the side shows it."""

    step: Step
    title: str
    mark: Mark
    notes: list[Note]


def steps_of(
    draft: ChallengeDraft, files: Sequence[DraftFile], check: DraftJob | None, *, taken: bool
) -> list[StepView]:
    """Return every step with its notes; `taken`: the address is another challenge's."""
    found = {
        Step.ABOUT: list(_about(draft, taken)),
        Step.PAGES: list(_pages(draft)),
        Step.DATA: list(_data(draft, files)),
        Step.METRIC: list(_metric(draft)),
        Step.PHASES: list(_phases(draft)),
        Step.SOLUTION: list(_solutions(draft, files)),
        Step.RULES: list(_rules(draft)),
        Step.BASELINES: list(_baselines(draft, files)),
        Step.CHECK: list(_check(draft, check)),
    }
    return [_view(step, found.get(step, [])) for step in Step]


def _view(step: Step, notes: list[Note]) -> StepView:
    marks = {note.mark for note in notes}
    worst = next((m for m in (Mark.FAULT, Mark.TODO, Mark.OPTIONAL) if m in marks), Mark.DONE)
    return StepView(step, TITLES[step], worst, notes)


def is_ready(steps: Sequence[StepView]) -> bool:
    """Whether nothing that the web can see stands against a check."""
    before = [view for view in steps if view.step is not Step.CHECK]
    return all(view.mark in (Mark.DONE, Mark.OPTIONAL) for view in before)


def _todo(text: str, field: str = "", **values: Any) -> Note:
    return Note(Mark.TODO, text, values, field)


def _fault(text: str, field: str = "", **values: Any) -> Note:
    return Note(Mark.FAULT, text, values, field)


def _about(draft: ChallengeDraft, taken: bool) -> Iterator[Note]:
    if not draft.definition.get("title"):
        yield _todo(N_("Give the challenge a title."), "title")
    if taken:
        yield _fault(N_("Another challenge has the address %(slug)s."), "slug", slug=draft.slug)
    if not draft.definition.get("summary"):
        yield Note(
            Mark.OPTIONAL, N_("A summary is shown in the list of challenges."), {}, "summary"
        )


def _pages(draft: ChallengeDraft) -> Iterator[Note]:
    written = [slug for slug, text in draft.pages.items() if text.strip() and slug != "rules"]
    if not written:
        yield _todo(N_("Write at least one page: what the task is, and why."))


def _data(draft: ChallengeDraft, files: Sequence[DraftFile]) -> Iterator[Note]:
    if not any(file.kind is FileKind.DATA for file in files):
        yield _todo(N_("Upload what participants need: training data, test data, a sample."))
        return
    sample = sample_of(draft.definition, files)
    if sample is None:
        yield _todo(N_("Say which file is the sample submission."), "sample")
        return
    names = [column["name"] for column in (sample.found or {}).get("columns", ())]
    if read_as_one(sample.found):
        yield _fault(
            N_(
                "The columns of the sample submission are separated by semicolons or tabs, so all"
                " are read as one: save it with commas, and upload it again."
            ),
            "sample",
        )
        return
    for name in id_columns_of(draft.definition) if names else ():
        if name not in names:
            yield _fault(
                N_(
                    "The sample submission has no column “%(name)s”. Say below which of its"
                    " columns names a row: %(columns)s."
                ),
                "id_column",
                name=name,
                columns=", ".join(names[:MOST_NAMED]),
            )
    if sample.found and sample.found.get("problem"):
        yield _fault(N_("The sample submission can't be read."), "sample")
    for phase, _file in apart_of_sample(draft.definition, files):
        yield _fault(
            N_("The sample submission and the solution of phase %(slug)s have different rows."),
            "sample",
            slug=phase,
        )


def apart_of_sample(
    definition: Mapping[str, Any], files: Sequence[DraftFile]
) -> list[tuple[str, DraftFile]]:
    """Return the first phase with its solution where that answers other rows than the sample has.

    A later phase may have a test set of its own; its page says what differs.
    """
    first = [str(phase.get("slug")) for phase in phases_of(definition)[:1]]
    known = [(slug, solution_of(files, slug)) for slug in first]
    return [(slug, file) for slug, file in known if file is not None and is_apart(file)]


def is_apart(file: DraftFile) -> bool:
    """Whether a file was found to have other rows than what it must agree with."""
    return bool((file.found or {}).get("apart"))


def _metric(draft: ChallengeDraft) -> Iterator[Note]:
    if not section(draft.definition, "scoring").get("scorer"):
        yield _todo(N_("Choose how submissions are scored."))


def _phases(draft: ChallengeDraft) -> Iterator[Note]:
    phases = phases_of(draft.definition)
    if not phases:
        yield _todo(N_("Add at least one phase."))
    for phase in phases:
        starts, ends = moment_of(phase.get("starts")), moment_of(phase.get("ends"))
        if starts is None or ends is None:
            yield _todo(N_("Phase %(slug)s needs a start and an end."), slug=phase.get("slug"))
        elif ends <= starts:
            yield _fault(N_("Phase %(slug)s ends before it starts."), slug=phase.get("slug"))
    for before, phase in pairwise(phases):
        ends, starts = moment_of(before.get("ends")), moment_of(phase.get("starts"))
        if phase.get("admit_top") and ends and starts and starts < ends:
            yield _fault(
                N_("Phase %(slug)s admits teams of the one before: start it after that ends."),
                slug=phase.get("slug"),
            )


def _solutions(draft: ChallengeDraft, files: Sequence[DraftFile]) -> Iterator[Note]:
    for phase in phases_of(draft.definition):
        slug = str(phase.get("slug"))
        solution = solution_of(files, slug)
        if solution is None:
            yield _todo(N_("Upload the solution of phase %(slug)s."), slug, slug=slug)
        elif solution.state is FileState.REFUSED:
            yield _fault(N_("The solution of phase %(slug)s is wrong."), slug, slug=slug)
        elif solution.state is FileState.READ and apart_of_sample(draft.definition, [solution]):
            yield _fault(
                N_("The solution of phase %(slug)s has other rows than the sample submission."),
                slug,
                slug=slug,
            )
        elif solution.state is not FileState.READ:
            said = _todo(N_("The solution of phase %(slug)s is being looked at."), slug, slug=slug)
            yield said._replace(passes=True)


def _rules(draft: ChallengeDraft) -> Iterator[Note]:
    if not draft.pages.get("rules", "").strip():
        yield Note(Mark.OPTIONAL, N_("Without rules there is nothing that participants accept."))


def _baselines(draft: ChallengeDraft, files: Sequence[DraftFile]) -> Iterator[Note]:
    slugs = [phase.get("slug") for phase in phases_of(draft.definition)]
    baselines = [file for file in files if file.kind is FileKind.BASELINE]
    for file in baselines:
        if file.phase not in slugs:
            yield _fault(N_("“%(name)s” belongs to a phase that is gone."), name=file.title)
        elif file.state is FileState.REFUSED:
            yield _fault(N_("“%(name)s” can't be read as a table."), name=file.title)
        elif is_apart(file):
            yield _fault(N_("“%(name)s” would be rejected: see what is wrong."), name=file.title)
    if not baselines:
        yield Note(Mark.OPTIONAL, N_("A baseline shows teams what is easy to beat."))


def _check(draft: ChallengeDraft, check: DraftJob | None) -> Iterator[Note]:
    if check is None or check.state is not JobState.DONE:
        yield _todo(N_("Have the challenge checked."))
    elif check.version != draft.version:
        yield _todo(N_("Something was changed since the last check."))
    elif not passed(check):
        yield _fault(N_("The check found errors."))


def passed(check: DraftJob | None) -> bool:
    """Whether a check found nothing against a launch."""
    report = (check.report or {}) if check is not None and check.state is JobState.DONE else None
    if report is None:
        return False
    wrong = any(line["level"] == "error" for line in report.get("lines", ()))
    broken = report.get("faults") or report.get("trace") or report.get("refusal")
    return not (wrong or broken)
