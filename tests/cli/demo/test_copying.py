"""The demo has one copy that its own integrity report can find."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from scorers.similarity.comparing import compare_files
from server.cli.demo.copying import CHALLENGE, LATER, PHASE, with_a_copy
from server.cli.demo.crews import SHOWN
from server.cli.demo.models import predictions
from server.cli.demo.story import PlannedSubmission, plan
from server.cli.demo.windows import BUNDLED
from server.folders.reading import read_folder
from tests.cast import NOON


def the_pair(story: list[PlannedSubmission]) -> tuple[PlannedSubmission, PlannedSubmission]:
    (copy,) = [line for line in story if line.model.changed]
    (seen,) = [line for line in story if not line.model.changed and same_model(line, copy)]
    return seen, copy


def same_model(one: PlannedSubmission, other: PlannedSubmission) -> bool:
    return (one.model.recipe, one.model.seed) == (other.model.recipe, other.model.seed)


@pytest.mark.parametrize("seed", range(12))
def test_one_team_copies_a_better_one_some_hours_later(seed: int):
    honest = plan(NOON, seed)
    story = with_a_copy(honest)
    seen, copy = the_pair(story)
    assert (copy.challenge, copy.phase) == (CHALLENGE, PHASE)
    assert copy.at - seen.at >= LATER > timedelta()
    assert not set(seen.team.members) & set(copy.team.members)
    assert SHOWN not in (*seen.team.members, *copy.team.members)
    assert [line.at for line in story] == [line.at for line in honest]
    assert sum(one != other for one, other in zip(story, honest, strict=True)) == 1


def test_a_few_answers_are_those_of_other_rows(built: Path):
    seen, copy = the_pair(with_a_copy(plan(NOON, 3)))
    files = [pl.read_csv(predictions(built / CHALLENGE, line.model)) for line in (seen, copy)]
    assert files[0]["id"].equals(files[1]["id"])
    differing = (files[0][files[0].columns[1]] != files[1][files[1].columns[1]]).mean()
    assert 0 < differing < 0.04


@pytest.mark.long
def test_the_report_names_the_copy(built: Path, tmp_path: Path):
    story = with_a_copy(plan(NOON, 20_26))
    last = {
        line.team: line
        for line in story
        if (line.challenge, line.phase) == (CHALLENGE, PHASE) and not line.model.mistake
    }
    paths = []
    for number, line in enumerate(last.values()):
        paths.append(tmp_path / f"{number}.csv")
        paths[-1].write_bytes(predictions(built / CHALLENGE, line.model))
    for part in [*(BUNDLED / CHALLENGE).glob("*.toml"), *(BUNDLED / CHALLENGE).glob("*.md")]:
        (built / CHALLENGE / part.name).write_bytes(part.read_bytes())
    folder = read_folder(built / CHALLENGE, now=NOON, allow_relative_times=True)
    found = compare_files(paths, folder.solution_of(PHASE).path, folder.spec_for(PHASE), known=[])
    teams = list(last)
    named = [{teams[pair.one], teams[pair.other]} for pair in found.verdict.pairs if pair.named]
    assert {line.team for line in the_pair(story)} in named
