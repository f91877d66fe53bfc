from pathlib import Path

import polars as pl
import pytest

from scorers import InvalidPredictions
from scorers.evaluate import evaluate_file
from server.cli.demo.features import TASKS
from server.cli.demo.mistakes import POSSIBLE, Mistake, write
from server.cli.demo.windows import BUNDLED
from server.folders.reading import read_folder
from tests.cast import NOON

CASES = [(slug, mistake) for slug, mistakes in POSSIBLE.items() for mistake in mistakes]


@pytest.fixture(scope="module")
def folders(built: Path) -> Path:
    """The built challenges with their definitions and pages beside the data."""
    for path in [*BUNDLED.glob("*/*.toml"), *BUNDLED.glob("*/*.md")]:
        (built / path.parent.name / path.name).write_bytes(path.read_bytes())
    return built


def sample_of(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "data" / "sample_submission.csv")


def test_every_challenge_and_every_mistake_is_covered():
    assert set(POSSIBLE) == set(TASKS)
    assert {mistake for _, mistake in CASES} == set(Mistake)


@pytest.mark.parametrize(("slug", "mistake"), CASES)
def test_a_file_with_a_mistake_is_refused(
    slug: str, mistake: Mistake, folders: Path, tmp_path: Path
):
    folder = read_folder(folders / slug, now=NOON, allow_relative_times=True)
    phase = folder.definition.phases[0].slug
    file = tmp_path / "submission.csv"
    file.write_bytes(write(sample_of(folders / slug), mistake))

    with pytest.raises(InvalidPredictions):
        evaluate_file(file, folder.solution_of(phase).path, folder.spec_for(phase))


@pytest.mark.parametrize("slug", sorted(POSSIBLE))
def test_the_same_file_without_a_mistake_is_scored(slug: str, folders: Path, tmp_path: Path):
    folder = read_folder(folders / slug, now=NOON, allow_relative_times=True)
    phase = folder.definition.phases[0].slug
    file = tmp_path / "submission.csv"
    file.write_bytes(write(sample_of(folders / slug), None))

    assert evaluate_file(file, folder.solution_of(phase).path, folder.spec_for(phase)).public


def test_digits_are_spelt_out():
    frame = pl.DataFrame({"id": ["d1", "d2"], "digit": [7, 0]})

    assert write(frame, Mistake.WORDS) == b"id,digit\nd1,seven\nd2,zero\n"


def test_row_numbers_are_what_pandas_writes_with_its_index():
    frame = pl.DataFrame({"id": ["m1"], "malignant": [0.5]})

    assert write(frame, Mistake.ROW_NUMBERS) == b",id,malignant\n0,m1,0.5\n"
