"""How a result is written on a terminal."""

from server.cli.showing import score_lines

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
