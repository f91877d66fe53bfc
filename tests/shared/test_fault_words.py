"""Whoever reads no English learns what is wrong in a file."""

import ast
import re
from pathlib import Path

import scorers
from server.shared.fault_words import WORDS, fault_words
from server.shared.language import speaking

SAYING = {"Fault", "Finding", "Refusal", "refuse", "invalid"}
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def codes_in_the_scorers() -> set[str]:
    """Return the first words of every call that says what is wrong."""
    found = set()
    for path in Path(scorers.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and call.args:
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                first = call.args[0]
                if name in SAYING and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return {code for code in found if CODE.fullmatch(code)}


def test_every_fault_that_a_scorer_finds_has_words() -> None:
    codes = codes_in_the_scorers()
    assert len(codes) > 25
    assert codes <= set(WORDS)


def test_the_words_are_said_in_other_languages_than_the_scorers_own() -> None:
    with speaking("zh"):
        assert fault_words("missing_id") not in ("", WORDS["missing_id"])
        assert fault_words("something_new") == ""
    with speaking("en"):
        assert fault_words("missing_id") == ""
