"""How trying out a file of a folder ends, in sentences: scored, rejected, or not to be scored."""

from scorers.errors import InvalidPredictions, InvalidSolution, OperatorsFault
from scorers.evaluate import BoardResult, Evaluated
from scorers.metric_files.scoring import MetricFault
from scorers.sentences import Sentence, as_written, sentence
from server.folders.findings import Finding, Level


def would_reject(phase: str, what: Sentence, error: InvalidPredictions) -> Sentence:
    """Say that a file would not be accepted, and why."""
    return sentence(
        "Phase %(phase)s would reject %(what)s: %(error)s",
        phase=phase,
        what=what,
        error=error.said,
    )


def scores(phase: str, what: str, result: Evaluated) -> Sentence:
    """Say what a file scores on the boards of a phase."""
    return sentence(
        "Phase %(phase)s: %(what)s scores %(values)s.",
        phase=phase,
        what=what,
        values=values(result),
    )


def cannot_score(phase: str, what: Sentence, error: InvalidSolution | MetricFault) -> Finding:
    """Say why a file has no score; the remedy is for whoever can mend it."""
    said = sentence(
        "Phase %(phase)s: %(what)s can't be scored: %(error)s",
        phase=phase,
        what=what,
        error=_told(error),
    )
    if isinstance(error, OperatorsFault):
        remedy = sentence(
            "Only the operator of the server can mend this: show them the message, or choose"
            " another metric."
        )
        return Finding(Level.ERROR, said, remedy, "plugin")
    if isinstance(error, MetricFault):
        return Finding(Level.ERROR, said, sentence("Correct metric.py."), "metric-file")
    remedy = sentence("Correct the solution or `[scoring] params`.")
    return Finding(Level.ERROR, said, remedy, "metric")


def _told(error: InvalidSolution | MetricFault) -> Sentence:
    if isinstance(error, InvalidSolution):
        return error.said
    return as_written(f"{error}\n{error.trace}".rstrip())


def values(result: Evaluated) -> Sentence:
    """Write the values of both boards, with their intervals."""
    public, private = result.public, result.private
    if public is not None and private is not None:
        both = {"public": _value(public), "private": _value(private)}
        return sentence("%(public)s public, %(private)s private", **both)
    if private is None:
        return sentence("%(public)s public", public=_value(public) if public else "")
    return sentence("%(private)s private", private=_value(private))


def _value(board: BoardResult) -> str:
    if board.interval is None:
        return _number(board.value)
    low, high = board.interval
    return f"{_number(board.value)} [{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")
