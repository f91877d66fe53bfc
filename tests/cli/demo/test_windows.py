from datetime import UTC, datetime, timedelta
from random import Random

from server.cli.demo.windows import PhaseWindow, bundled_windows, is_free, moments
from tests.cast import NOON


def window(**changes: object) -> PhaseWindow:
    plain = {
        "challenge": "digits",
        "phase": "a",
        "starts": NOON - timedelta(days=4),
        "ends": NOON + timedelta(days=4),
        "per_day": 5,
        "total": 20,
        "max_size": 4,
    }
    return PhaseWindow(**{**plain, **changes})  # type: ignore[arg-type]


def uploads(asked: PhaseWindow, count: int, seed: int = 1) -> list[datetime]:
    return moments(Random(seed), asked, count=count, until=NOON, utc_offset=8)


def test_the_demo_has_phases_that_ended_are_open_and_have_yet_to_begin():
    states = {
        (w.challenge, w.phase): (w.starts > NOON) - (w.ends < NOON) for w in bundled_windows(NOON)
    }

    assert states == {
        ("breast-cancer", "a"): 0,
        ("breast-cancer", "b"): 1,
        ("diabetes", "main"): -1,
        ("digits", "a"): -1,
        ("digits", "b"): 0,
        ("doctor-visits", "main"): 0,
        ("mauna-loa-co2", "forecast"): 0,
        ("travel-mode", "main"): 1,
        ("wine-course", "homework"): -1,
    }


def test_the_homework_is_for_those_on_its_list_and_its_late_days_are_over():
    (homework,) = [w for w in bundled_windows(NOON) if w.invited]

    assert homework.challenge == "wine-course"
    assert homework.late_days > 0
    assert homework.ends + timedelta(days=homework.late_days) < NOON


def test_the_second_phase_of_a_challenge_is_known_as_one_that_follows():
    followers = {(w.challenge, w.phase) for w in bundled_windows(NOON) if not w.first}

    assert followers == {("breast-cancer", "b"), ("digits", "b")}


def test_uploads_leave_time_to_repair_a_file_before_the_phase_ends():
    for seed in range(50):
        ended = window(ends=NOON - timedelta(days=1))
        assert max(uploads(ended, 5, seed)) <= ended.ends - timedelta(minutes=30)
        assert max(uploads(window(), 5, seed)) <= NOON - timedelta(minutes=30)


def test_a_team_uploads_less_often_where_the_total_does_not_allow_more():
    assert len(uploads(window(total=4), 6)) == 2


def test_uploads_avoid_the_small_hours_of_their_own_country():
    hours = [
        (moment + timedelta(hours=8)).hour for s in range(200) for moment in uploads(window(), 3, s)
    ]

    assert sum(hour in (3, 4, 5, 6) for hour in hours) < len(hours) / 20


def test_a_day_has_room_for_two_uploads_and_their_repairs():
    noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
    taken = [noon, noon + timedelta(hours=2)]

    assert is_free(noon + timedelta(hours=2), taken[:1], window(per_day=5))
    assert not is_free(noon + timedelta(hours=4), taken, window(per_day=5))
    assert is_free(noon + timedelta(days=1), taken, window(per_day=5))
    assert not is_free(noon + timedelta(minutes=20), taken[:1], window(per_day=9))
