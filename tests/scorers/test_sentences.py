"""A message knows what it was made of, and every one of them is where translators find it."""

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import scorers
import server.folders
from scorers.errors import InvalidParameter, UnknownScorer
from scorers.registry import get_scorer
from scorers.sentences import Sentence, as_written, from_json, said_by, sentence, to_json, together

ROOMS = [Path(scorers.__file__).parent, Path(server.folders.__file__).parent]
PLACE = re.compile(r"%\((\w+)\)s")
# What an organiser reads of a challenge, besides the faults of a file, which have codes.
RAISED = {
    "BrokenPlugin",
    "InvalidMetric",
    "InvalidParameter",
    "MissingExtra",
    "UnknownScorer",
    "UnreadableTable",
    "mistake",
}
SAYING = {"sentence", "together", "said_by", "as_written", "_at", "_unknown"}


class Call(NamedTuple):
    """A call, and where it stands."""

    where: str
    node: ast.Call


def calls(names: set[str]) -> Iterator[Call]:
    for room in ROOMS:
        for path in sorted(room.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and name_of(node) in names:
                    yield Call(f"{path.relative_to(room.parent)}:{node.lineno}", node)


def name_of(node: ast.AST) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return getattr(called, "id", getattr(called, "attr", ""))


def test_every_sentence_is_written_out_and_each_of_its_places_is_filled() -> None:
    found = list(calls({"sentence"}))
    assert len(found) > 150
    wrong = []
    for where, node in found:
        message = node.args[0]
        if not isinstance(message, ast.Constant):
            wrong.append(f"{where}: no translator would find this")
            continue
        given = {keyword.arg for keyword in node.keywords}
        if None not in given and set(PLACE.findall(message.value)) != given:
            wrong.append(f"{where}: {message.value!r} is given {sorted(map(str, given))}")
    assert not wrong, "\n".join(wrong)


def test_whatever_is_raised_for_an_organiser_is_a_sentence() -> None:
    found = list(calls(RAISED))
    assert len(found) > 30
    bare = [
        f"{where}: {ast.unparse(node)}"
        for where, node in found
        if isinstance(node.args[0], ast.JoinedStr | ast.Constant)
        or (isinstance(node.args[0], ast.Call) and name_of(node.args[0]) not in SAYING)
    ]
    assert not bare, "\n".join(bare)


def test_a_sentence_is_its_english_text_and_can_be_kept_and_sent() -> None:
    inner = sentence("%(count)s rows", count=1200)
    said = together(
        sentence("The file has %(rows)s.", rows=inner), as_written("Traceback of 100 %")
    )
    assert said == "The file has 1,200 rows. Traceback of 100 %"
    for again in (pickle.loads(pickle.dumps(said)), from_json(to_json(said))):
        assert isinstance(again, Sentence)
        assert (again, again.message) == (said, "%(first)s %(second)s")
        assert isinstance(again.values["first"], Sentence)
        assert again.values["first"].values["rows"] == inner
    assert to_json(as_written("as it is")) == "as it is"


@pytest.mark.parametrize(
    ("name", "params", "text"),
    [
        ("acuracy", {}, "There is no scorer “acuracy”. Did you mean “accuracy”"),
        ("f1", {"averag": "macro"}, "f1 has no parameter “averag”. Did you mean “average”"),
        ("f1", {"average": "x"}, "f1: average = 'x' is not allowed; expected “binary”"),
        ("weighted", {}, "weighted needs the parameter “parts”: a list of at least two tables"),
    ],
)
def test_a_refusal_of_a_scorer_is_a_sentence_of_the_same_words(name, params, text) -> None:
    with pytest.raises((UnknownScorer, InvalidParameter)) as refused:
        get_scorer(name, **params)
    said = said_by(refused.value)
    assert said.message
    assert str(refused.value).startswith(text) == said.startswith(text) is True
