from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time

import pytest

from server.cli.demo.crews import SHOWN, class_of
from server.cli.demo.mistakes import POSSIBLE
from server.cli.demo.models import predictions
from server.cli.demo.story import PlannedSubmission, plan, teams_of
from server.cli.demo.windows import bundled_windows
from tests.cast import NOON

SEEDS = range(12)
STARTS = [NOON, datetime(2028, 3, 1, 0, 3, tzinfo=UTC), datetime(2027, 1, 1, 23, 58, tzinfo=UTC)]
Month = list[PlannedSubmission]


def test_the_month_has_at_least_sixty_teams_of_eighteen_universities(month: Month):
    teams = teams_of(month)

    assert len({team.name for team in teams}) >= 60
    assert len({team.university.slug for team in teams}) >= 18


@pytest.mark.parametrize("seed", SEEDS)
def test_the_month_has_at_least_320_submissions_and_some_are_refused(seed: int):
    month = plan(NOON, seed)

    assert len(month) >= 320
    assert 10 <= sum(line.model.mistake is not None for line in month) <= len(month) / 5


def test_the_same_seed_tells_the_same_story_and_another_one_another():
    assert plan(NOON, 5) == plan(NOON, 5)
    assert plan(NOON, 5) != plan(NOON, 6)


@pytest.mark.parametrize("now", STARTS)
def test_submissions_come_in_the_order_of_time_and_none_from_the_future(now: datetime):
    times = [line.at for line in plan(now, 1)]

    assert times == sorted(times)
    assert all(moment.tzinfo is UTC for moment in times)
    assert times[-1] <= now
    assert now - times[-1] < timedelta(days=1)
    assert now - times[0] > timedelta(days=20)


@pytest.mark.parametrize("now", STARTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_phases_and_quotas_are_kept_even_where_refused_files_count(now: datetime, seed: int):
    windows = {(w.challenge, w.phase): w for w in bundled_windows(now)}
    per_day: Counter[object] = Counter()
    total: Counter[object] = Counter()
    for line in plan(now, seed):
        window = windows[line.challenge, line.phase]
        per_day[line.team, line.phase, line.at.date()] += 1
        total[line.team, line.phase] += 1

        late = timedelta(days=window.late_days)
        assert window.starts <= line.at < window.ends + late
        assert per_day[line.team, line.phase, line.at.date()] <= window.per_day
        assert total[line.team, line.phase] <= window.total


def test_every_challenge_that_has_begun_is_taken_part_in_and_no_other(month: Month):
    begun = {(w.challenge, w.phase) for w in bundled_windows(NOON) if w.starts < NOON}

    assert {(line.challenge, line.phase) for line in month} == begun
    assert "travel-mode" not in {challenge for challenge, _ in begun}


def test_a_class_hands_in_alone_and_in_time_but_for_two_who_are_late_and_one_who_never_does():
    (homework,) = [w for w in bundled_windows(NOON) if w.invited]
    course = class_of(Random(1), "wine-course", ["x.csv"])
    for seed in SEEDS:
        lines = [line for line in plan(NOON, seed) if line.challenge == "wine-course"]
        late = [line for line in lines if line.at >= homework.ends]

        assert {len(line.team.members) for line in lines} == {1}
        assert len({line.by for line in lines}) == len(course) - 1
        assert sorted((line.at - homework.ends).days for line in late) == [0, 1]


def test_the_student_of_the_demo_competes_where_all_can_be_seen(month: Month):
    own = {(line.challenge, line.phase) for line in month if SHOWN in line.team.members}

    assert own == {
        ("digits", "a"),
        ("digits", "b"),
        ("diabetes", "main"),
        ("doctor-visits", "main"),
        ("wine-course", "homework"),
    }


def test_everyone_is_in_one_team_a_challenge_which_is_small_enough(month: Month):
    sizes = {w.challenge: w.max_size for w in bundled_windows(NOON)}
    places = Counter((team.challenge, one) for team in teams_of(month) for one in team.members)

    assert max(places.values()) == 1
    assert all(1 <= len(team.members) <= sizes[team.challenge] for team in teams_of(month))


def test_a_member_uploads_and_is_of_the_team_s_university(month: Month):
    for line in month:
        assert line.by in line.team.members
        assert {one.university for one in line.team.members} == {line.team.university.slug}


def test_no_two_teams_of_a_challenge_have_one_name(month: Month):
    names = Counter((team.challenge, team.name) for team in teams_of(month))

    assert max(names.values()) == 1


def test_no_model_is_trained_twice_for_one_board(month: Month):
    models = Counter(
        (line.challenge, line.phase, line.model.recipe, line.model.share)
        for line in month
        if line.model.mistake is None
    )

    assert max(models.values()) == 1


def test_at_least_twelve_kinds_of_estimator_are_trained(month: Month):
    assert len({line.model.recipe.estimator for line in month}) >= 12


def test_a_refused_file_is_repaired_within_half_an_hour(month: Month):
    for position, line in enumerate(month):
        if line.model.mistake is not None:
            assert line.model.mistake in POSSIBLE[line.challenge]
            right = replace(line.model, mistake=None)
            repaired = [other for other in month[position:] if other.model == right]
            assert [other.team for other in repaired] == [line.team]
            assert timedelta() < repaired[0].at - line.at < timedelta(minutes=30)


def test_teams_mostly_begin_with_simpler_models_than_they_end_with(month: Month):
    first: dict[object, int] = {}
    last: dict[object, int] = {}
    for line in month:
        key = (line.team, line.phase)
        first.setdefault(key, line.model.recipe.stage)
        last[key] = line.model.recipe.stage

    steps = [last[key] - first[key] for key in first]
    assert sum(step > 0 for step in steps) > 2 * sum(step < 0 for step in steps)


def test_files_are_called_as_students_call_them(month: Month):
    assert all(line.filename.endswith(".csv") for line in month)
    assert len({line.filename for line in month}) > 50
    assert not [line for line in month if "{" in line.comment + line.filename]


def test_windows_of_another_deployment_are_followed():
    moved = [
        replace(w, starts=w.starts - timedelta(days=3), ends=w.ends - timedelta(days=3))
        for w in bundled_windows(NOON)
        if w.challenge == "diabetes"
    ]
    story = plan(NOON, 1, moved)

    assert {line.challenge for line in story} == {"diabetes"}
    assert max(line.at for line in story) < NOON - timedelta(days=5)


@pytest.mark.long
def test_all_models_are_trained_in_100_s_of_one_core_and_no_accepted_file_is_another_s_copy(
    month: Month, built: Path
):
    owners: dict[tuple[str, bytes], object] = {}
    begun = process_time()
    for line in month:
        file = predictions(built / line.challenge, line.model)
        if line.model.mistake is None:
            owner = owners.setdefault((line.challenge + line.phase, file), line.team)
            assert owner == line.team

    assert process_time() - begun < 100
