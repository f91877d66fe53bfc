"""A challenge's own metric.py: found, read without running it, and checked against the folder."""

from collections.abc import Iterator
from pathlib import Path

from scorers.errors import InvalidParameter
from scorers.metric_files.file import METRIC, InvalidMetric, MetricFile, Signature, read_metric
from scorers.sentences import said_by, sentence
from server.folders.definition import Scoring, Submission
from server.folders.faults import FolderFault, Problem
from server.folders.files import misplaced
from server.folders.toml_lines import KeyPath

_SCORER: KeyPath = ("scoring", "scorer")
_CORRECT = sentence("Correct metric.py; see docs/plugins.md.")


def read_code(root: Path) -> str:
    """Return the text of a folder's metric file. Raises InvalidMetric where it is not UTF-8."""
    try:
        return (root / METRIC).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InvalidMetric(sentence("metric.py is not UTF-8.")) from None


def faults_of_code(root: Path) -> list[FolderFault]:
    """Say what is wrong with a metric file whose definition can't be read."""
    try:
        read_metric(read_code(root))
    except InvalidMetric as error:
        return [FolderFault(METRIC, None, None, said_by(error), _CORRECT)]
    return []


def metric_problems(
    scoring: Scoring, submission: Submission | None, root: Path
) -> Iterator[Problem]:
    """Find what is wrong with a metric file and with what the definition says of it."""
    wrong = misplaced(root, METRIC)
    if wrong:
        yield Problem(_SCORER, *wrong)
        return
    try:
        metric = read_metric(read_code(root))
    except InvalidMetric as error:
        yield Problem(_SCORER, said_by(error), _CORRECT)
        return
    if scoring.input is not None:
        said = sentence(
            "metric.py reads the columns as the sample has them, so `input` has no meaning here."
        )
        yield Problem(("scoring", "input"), said, sentence("Remove input."))
    yield from _params(metric, scoring)
    yield from _ids(metric, submission)


def _params(metric: MetricFile, scoring: Scoring) -> Iterator[Problem]:
    try:
        metric.bind(scoring.params)
    except InvalidParameter as error:
        remedy = sentence("Correct, add or remove the parameter.")
        yield Problem(("scoring", "params"), said_by(error), remedy)


def _ids(metric: MetricFile, submission: Submission | None) -> Iterator[Problem]:
    ids = submission.id_columns if submission else ()
    if metric.signature is Signature.KAGGLE and len(ids) > 1:
        said = sentence(
            "Kaggle's signature has one id column, this challenge %(count)s.", count=len(ids)
        )
        remedy = sentence(
            "Write score(truth, prediction, ...) in metric.py, or join the ids in one column."
        )
        yield Problem(("submission", "id_column"), said, remedy)
