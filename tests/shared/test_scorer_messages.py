"""What scorers say of themselves reaches the translators."""

import io
from pathlib import Path

import pytest

import scorers
from scorers import SCORERS
from server.shared.language import speaking
from server.shared.scorer_messages import extract, scorer_words

SOURCE = b"""
register(Scorer(name="x", title="A title", summary="What it is."))
Parameter("k", doc="How many.")
Parameter("l", None, "How long.", expected="a length")
Role("group", None, "The column of the groups.")
withheld("too few rows")
Interval(bounds, "Wilson")
withheld(f"{units} rows are too few")
other("nothing")
"""

PLACED = {"How long.", "a length", "The column of the groups."}
SCORERS_ROOM = Path(scorers.__file__).parent


def test_titles_meanings_and_methods_are_found_and_nothing_else() -> None:
    found = {message for _, _, message, _ in extract(io.BytesIO(SOURCE), (), (), {})}
    assert found == {"A title", "What it is.", "How many.", *PLACED, "too few rows", "Wilson"}


@pytest.mark.parametrize("name", sorted(SCORERS))
def test_every_scorer_says_what_it_is_in_chinese_too(name: str) -> None:
    scorer = SCORERS[name]
    with speaking("zh"):
        said = scorer_words(scorer.summary)
    assert said != scorer.summary


def test_every_parameter_of_every_scorer_reaches_the_translators() -> None:
    sources = [io.BytesIO(path.read_bytes()) for path in SCORERS_ROOM.rglob("*.py")]
    found = {message for source in sources for _, _, message, _ in extract(source, (), (), {})}
    parameters = [p for scorer in SCORERS.values() for p in scorer.all_parameters]
    assert len(parameters) > 100
    assert {p.doc for p in parameters} <= found


def test_what_nobody_translated_is_said_as_it_is() -> None:
    with speaking("zh"):
        assert scorer_words("a metric of somebody's own") == "a metric of somebody's own"
    assert scorer_words(None) == ""
