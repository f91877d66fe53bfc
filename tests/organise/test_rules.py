"""Whose fault a failure is, and what to do about it, told from what was kept of it."""

from pathlib import Path

import pytest

from server.organise.rules import (
    KILLED,
    LIMIT,
    NOT_DEPLOYED,
    OURS,
    STORE,
    SWITCHED_OFF,
    YOUR_METRIC,
    YOURS,
    diagnose,
)

TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 1, in score\n    boom()\n'


@pytest.mark.parametrize(
    ("trace", "whose", "said"),
    [
        ("scoring took longer than 300 s of wall time", LIMIT, "scoring took longer"),
        ("scoring needed more than 4,000,000,000 bytes of memory", LIMIT, "bytes of memory"),
        ("the scoring process died (exit code -11)", LIMIT, "exit code -11"),
        ("the scoring process died (exit code -9)", KILLED, "exit code -9"),
        ("the scoring process ended without an answer", LIMIT, "without an answer"),
        ("The worker died 10 times while it scored this.", LIMIT, "10 times"),
        ("The phase has no live evaluation.", NOT_DEPLOYED, "no live evaluation"),
        (
            TRACEBACK + "server.worker.MissingFile: the solution is missing in the store: the "
            "fault is the installation's, not the team's.",
            STORE,
            "the solution is missing",
        ),
        (TRACEBACK + "KeyError: 'digit'", OURS, "KeyError: 'digit'"),
        ("metric.py raised ValueError: no rows\n\n" + TRACEBACK, YOUR_METRIC, "no rows"),
        (
            "This machine's kernel has no Landlock, so a metric file could read what it must not. "
            "The operator may allow it: VARSITY_ALLOW_METRICS_WITHOUT_LANDLOCK=true",
            SWITCHED_OFF,
            "Landlock",
        ),
        ("The solution has no column digit.", YOURS, "no column digit"),
        ("", OURS, ""),
        (None, OURS, ""),
    ],
)
def test_a_failure_is_told_in_plain_words(trace, whose, said):
    found = diagnose(trace)
    assert found.whose == whose
    assert said in found.said
    assert "\n" not in found.said
    assert found.remedy.endswith(".")


def test_the_words_of_the_programs_own_failures_are_known():
    """What the worker and the scorers write is what is looked for here."""
    texts = {
        "server/shared/isolation.py": [
            "scoring took longer than",
            "scoring needed more than",
            "the scoring process died",
            "the scoring process ended",
        ],
        "server/boards/scoring.py": ["is missing in the store", "The phase has no live evaluation"],
        "server/submissions/claims.py": ["The worker died"],
    }
    for path, words in texts.items():
        source = Path(path).read_text()
        assert [w for w in words if w not in source] == [], path
