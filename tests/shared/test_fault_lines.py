"""Our own lines on why something could not be scored are known again, wherever they come from."""

import signal
from types import SimpleNamespace

import pytest

from scorers.metric_files.running import NotANumber, _number, _told
from scorers.sentences import Sentence, as_written, sentence
from server.evaluations.metrics import _Answer, _fault
from server.shared import sentences
from server.shared.confinement import Bounds
from server.shared.fault_lines import LINES, recognised
from server.shared.language import speaking
from server.shared.sandbox import _by_signal
from server.shared.sentences import told, translated

BOUNDS = Bounds(memory_bytes=1_000_000_000, seconds=30)


def not_a_number(value: object) -> str:
    """What is told of a metric that returned this."""
    try:
        _number(value)
    except NotANumber as error:
        return str(_told(error)["fault"])
    raise AssertionError(value)


WRITTEN = [
    "scoring took longer than 300 s of wall time",
    "scoring needed more than 4,000,000,000 bytes of memory",
    "the scoring process died (exit code -11)",
    "server.boards.scoring.MissingFile: the solution is missing in the store: the fault is the "
    "installation's, not the team's. Put the store back from a backup, or deploy the challenge "
    "again; then try again.",
    f"metric.py {_by_signal(signal.SIGXCPU, BOUNDS)}.",
    f"metric.py {_by_signal(signal.SIGKILL, BOUNDS)}.",
    "metric.py wrote more than 1,000 files.",
    _told(KeyError("digit"))["fault"],
    _told(ValueError("two\nlines"))["fault"],
    _told(ValueError())["fault"],
    not_a_number("0.5"),
    not_a_number(float("nan")),
    not_a_number(10**400),
    _fault(_Answer(fault=" "), []),
    _fault(_Answer(boards=[]), [None]),
]


@pytest.mark.parametrize("line", WRITTEN)
def test_a_line_of_ours_is_a_sentence_that_says_the_same(line):
    found = recognised(line)
    assert isinstance(found, Sentence)
    assert found.message in LINES
    assert line.endswith(str(found))


def test_what_a_metric_says_stays_as_it_is():
    found = recognised("metric.py raised KeyError: 'digit'")
    assert dict(found.values) == {"kind": "KeyError", "error": "'digit'"}
    assert not isinstance(recognised("my own words"), Sentence)
    assert not isinstance(recognised("metric.py"), Sentence)


def test_a_line_is_told_in_the_readers_language_wherever_it_stands(monkeypatch):
    said = "The worker died 10 times while it scored this."
    catalogue = {LINES[4]: "评分 %(times)s 次"}
    assert told(said) == said
    monkeypatch.setattr(
        sentences,
        "catalogue_of",
        lambda _code: SimpleNamespace(ugettext=lambda message: catalogue.get(message, message)),
    )
    with speaking("zh"):
        assert told(said) == "评分 10 次"
        assert translated(sentence("Phase a: %(error)s", error=as_written(said))) == (
            "Phase a: 评分 10 次"
        )
