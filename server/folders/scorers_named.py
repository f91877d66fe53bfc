"""What is wrong with the scorers that a definition names, for the columns of its sample."""

from collections.abc import Generator, Iterator
from pathlib import Path

from scorers.binding import kind_of, secondary_scorer
from scorers.errors import (
    BrokenPlugin,
    InvalidParameter,
    InvalidSolution,
    MissingExtra,
    UnknownScorer,
)
from scorers.evaluate import EvaluationSpec
from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from scorers.metric_files.file import METRIC
from scorers.registry import get_scorer
from scorers.scorer import Scorer
from scorers.sentences import Sentence, known, said_by, sentence
from server.folders.definition import Scoring, Submission
from server.folders.faults import Problem, repeated
from server.folders.files import misplaced
from server.folders.metric import metric_problems
from server.folders.tables import UnreadableTable, header_of
from server.folders.toml_lines import KeyPath

_WITH_LABELS = (InputKind.LABELS, InputKind.PROBABILITIES, InputKind.CLASS_SCORES)


def scorer_problems(
    scoring: Scoring, submission: Submission | None, root: Path
) -> Iterator[Problem]:
    """Find what is wrong with the scorer, its parameters and those shown beside it."""
    if scoring.scorer == METRIC:
        yield from metric_problems(scoring, submission, root)
        return
    scorer = yield from _bound(scoring)
    if scorer is None:
        return
    header = readable_header(submission, root)
    if submission is None or header is None:
        yield from _also(scoring, set(scorer.kinds))
        return
    spec = EvaluationSpec(
        scorer.name,
        header=tuple(header),
        id_columns=submission.id_columns,
        kind=scoring.input,
    )
    if not spec.columns or not set(spec.id_columns) <= set(header):
        return
    try:
        kind = kind_of(scorer, spec)
    except InvalidSolution as error:
        remedy = sentence("Name another scorer, or give the sample other columns.")
        key = "scorer" if scoring.input is None else "input"
        yield Problem(("scoring", key), error.said, remedy)
        return
    yield from _also(scoring, {kind})
    if submission.labels is not None:
        yield from _meaning_of_labels(submission.labels, kind, spec)


def _bound(scoring: Scoring) -> Generator[Problem, None, Scorer | None]:
    """Return the scorer under its parameters, or say why there is none."""
    try:
        return get_scorer(scoring.scorer, **scoring.params)
    except UnknownScorer as error:
        yield Problem(("scoring", "scorer"), said_by(error), _other(error))
    except (InvalidParameter, TypeError) as error:
        remedy = sentence("Correct or remove the parameter.")
        yield Problem(("scoring", "params"), said_by(error), remedy)
    return None


def _other(error: UnknownScorer) -> Sentence:
    """The remedy for whoever can mend it: packages are the operator's."""
    if isinstance(error, BrokenPlugin | MissingExtra):
        return sentence("Ask the operator of the server to mend it, or name another scorer.")
    return sentence("Name one of the scorers in the docs.")


def readable_header(submission: Submission | None, root: Path) -> list[str] | None:
    """Return the sample's header, None where it can't be read: that is reported elsewhere."""
    if submission is None or misplaced(root, submission.sample):
        return None
    try:
        return header_of(root / submission.sample)
    except UnreadableTable:
        return None


def _meaning_of_labels(
    labels: list[str], kind: InputKind, spec: EvaluationSpec
) -> Iterator[Problem]:
    if INPUTS[kind].for_each_class and set(labels) != set(spec.columns):
        said = sentence(
            "The labels are not the columns of the sample: %(columns)s.",
            columns=", ".join(spec.columns),
        )
        remedy = sentence(
            "Let them agree, or remove labels: with probabilities the columns name them."
        )
        yield Problem(("submission", "labels"), said, remedy)
    elif kind not in _WITH_LABELS:
        said = sentence(
            "%(scorer)s reads %(kind)s, so `labels` has no meaning here.",
            scorer=spec.scorer,
            kind=known(INPUTS[kind].words),
        )
        yield Problem(("submission", "labels"), said, sentence("Remove labels."))


def _also(scoring: Scoring, due: set[InputKind]) -> Iterator[Problem]:
    for index, name in repeated([scoring.scorer, *scoring.also]):
        said = sentence('"%(name)s" is shown already.', name=name)
        yield Problem(("scoring", "also", index - 1), said, sentence("Remove it from also."))
    for index, name in enumerate(scoring.also):
        path = ("scoring", "also", index)
        try:
            other = secondary_scorer(name, scoring.params)
        except UnknownScorer as error:
            yield Problem(path, said_by(error), _other(error))
        except InvalidParameter as error:
            remedy = sentence("Show another scorer, one without parameters.")
            yield Problem(path, said_by(error), remedy)
        else:
            yield from _same_input(path, scoring.scorer, due, other)


def _same_input(
    path: KeyPath, scorer: str, due: set[InputKind], other: Scorer
) -> Iterator[Problem]:
    if not due & set(other.kinds):
        said = sentence(
            "%(other)s reads %(others)s, but %(scorer)s reads %(due)s.",
            other=other.name,
            others=_named(set(other.kinds)),
            scorer=scorer,
            due=_named(due),
        )
        yield Problem(path, said, sentence("Show a scorer that reads %(due)s.", due=_named(due)))


def _named(kinds: set[InputKind]) -> Sentence:
    first, *others = [known(words) for words in sorted(INPUTS[kind].words for kind in kinds)]
    for other in others:
        first = sentence("%(first)s or %(second)s", first=first, second=other)
    return first
