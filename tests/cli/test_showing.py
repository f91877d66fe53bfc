"""How a result is written on a terminal."""

import time
from collections.abc import Iterator

import pytest

from server.cli.showing import score_lines, time_text

SCORE = {"value": 0.8123, "interval": None, "method": "", "also": {}}


def test_a_score_without_a_ladder_says_nothing_of_one() -> None:
    assert score_lines({"score": SCORE, "ladder": None}) == ["Score    0.8123"]


def test_what_a_ladder_did_not_release_is_told_plainly() -> None:
    lines = score_lines({"score": SCORE, "ladder": {"released": 0.8123, "improved": False}})
    assert lines == [
        "Score    0.8123",
        "Ladder   no significant improvement: the released value stays",
    ]


def test_what_a_ladder_released_is_told_too() -> None:
    lines = score_lines({"score": SCORE, "ladder": {"released": 0.8123, "improved": True}})
    assert lines[1] == "Ladder   a released value"


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Yield what sets the zone of the machine, and put it back."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Asia/Shanghai", "2026-12-06 07:29 +08:00"), ("America/New_York", "2026-12-05 18:29 -05:00"),
     ("UTC", "2026-12-05 23:29 UTC")],
)  # fmt: skip
def test_a_time_on_a_terminal_names_its_zone(in_zone, zone: str, said: str) -> None:
    in_zone.setenv("TZ", zone)
    time.tzset()
    assert time_text("2026-12-05T23:29:05Z") == said
    assert time_text(None) == ""
