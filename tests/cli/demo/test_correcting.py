"""The two truths of the demo that are wrong at first."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from server.cli.demo.correcting import SLIPS, Corrections, Slip, slipped
from server.cli.demo.scene import Scene
from server.cli.demo.windows import bundled_windows
from tests.cast import NOON

SLIP = Slip("diabetes", "main", "solution.csv", 2, 3, 1, True, "It slipped.")


def corrections_in(folders: Path) -> Corrections:
    nothing = cast(Any, None)
    scene = Scene(nothing, nothing, nothing, folders, NOON, 100, "http://here", nothing)
    return Corrections(scene, organiser=1)


def test_a_slip_gives_some_rows_the_answer_of_the_row_above():
    right = pl.DataFrame({"id": list("abcdefg"), "y": [1, 2, 3, 4, 5, 6, 7], "Usage": ["P"] * 7})

    wrong = slipped(right, SLIP)
    assert wrong["y"].to_list() == [1, 2, 2, 3, 4, 6, 7]
    assert wrong.drop("y").equals(right.drop("y"))


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.challenge)
def test_a_slip_changes_some_answers_of_a_bundled_challenge_and_not_its_split(
    slip: Slip, built: Path
):
    right = pl.read_csv(built / slip.challenge / slip.file)
    answer = right.columns[1]

    wrong = slipped(right, slip)
    changed = (wrong[answer] != right[answer]).sum()
    assert slip.rows / 2 < changed <= slip.rows
    assert wrong.drop(answer).equals(right.drop(answer))


def test_one_slip_is_put_live_before_its_result_is_out_and_one_waits_while_its_phase_runs():
    ends = {(w.challenge, w.phase): w.ends for w in bundled_windows(NOON)}
    over = {slip.live: ends[slip.challenge, slip.phase] < NOON for slip in SLIPS}

    assert over == {True: True, False: False}
    for slip in SLIPS:
        if slip.live:
            assert NOON - timedelta(days=slip.days) > ends[slip.challenge, slip.phase]


def test_the_wrong_answers_are_in_the_folder_until_it_is_deployed(built: Path, tmp_path: Path):
    slip = SLIPS[0]
    file = tmp_path / slip.challenge / slip.file
    file.parent.mkdir(parents=True)
    right = (built / slip.challenge / slip.file).read_bytes()
    file.write_bytes(right)
    corrections = corrections_in(tmp_path)

    corrections.spoil(slip.challenge)
    assert pl.read_csv(file).height == len(right.splitlines()) - 1
    assert file.read_bytes() != right
    corrections.mend(slip.challenge)
    assert file.read_bytes() == right
