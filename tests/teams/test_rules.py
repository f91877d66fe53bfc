"""Names, deadlines, places, universities, captains and quotas: by values alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.challenges.rules import Joining
from server.shared.errors import Conflict, Forbidden, Invalid
from server.teams import rules
from server.teams.rules import Affiliation, Entrance, PhaseUse

LOCK = datetime(2026, 12, 20, tzinfo=UTC)
TSINGHUA = Affiliation(1, "Tsinghua University")
MUNICH = Affiliation(2, "Technical University of Munich")


def use(**changes: object) -> PhaseUse:
    """A phase of five a day and a hundred in all that began at noon three days ago."""
    values = {
        "title": "A board",
        "per_day": 5,
        "total": 100,
        "starts": datetime(2026, 11, 17, 12, tzinfo=UTC),
        "ends": datetime(2026, 12, 17, 12, tzinfo=UTC),
        "revealed": False,
        "brought": 10,
        "kept": 10,
    }
    return PhaseUse(**(values | changes))


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "other", ["GIANT PANDAS", "  giant \t pandas ", "Ｇｉａｎｔ Pandas", "Giant\u200d Pandas"]
)
def test_two_names_are_the_same_whatever_their_case_width_and_blanks(other: str) -> None:
    assert rules.name_key(other) == rules.name_key("Giant Pandas")


def test_two_names_are_the_same_in_either_form_of_an_accent() -> None:
    assert rules.name_key("Münche\u0301") == rules.name_key("Mu\u0308nch\u00e9")


def test_a_name_keeps_its_letters_and_loses_its_blanks() -> None:
    assert rules.check_name("  王伟 的  队 ").name == "王伟 的 队"


@pytest.mark.parametrize("name", ["ab", "x" * 80, "👩\u200d💻 coders", "می\u200cخواهم"])
def test_a_name_of_two_to_eighty_characters_is_accepted(name: str) -> None:
    assert rules.check_name(name).name == name


@pytest.mark.parametrize("name", ["", " ", "a", "x" * 81, "\u200d\u200da", "ﷺ" * 20])
def test_a_shorter_or_longer_name_is_refused_with_its_bounds(name: str) -> None:
    with pytest.raises(Invalid, match="2 to 80 characters") as caught:
        rules.check_name(name)
    assert caught.value.field == "name"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\u200b", "\u3164"])
def test_a_name_with_what_nobody_sees_is_refused(sign: str) -> None:
    with pytest.raises(Invalid, match="invisible"):
        rules.check_name(f"Giant{sign}Pandas")


def test_somebodys_own_team_is_called_after_the_person() -> None:
    assert rules.own_name("王伟", set()).name == "王伟's team"


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("王伟", "王伟的队伍"),
        ("Lukas Brandl", "Lukas Brandl 的队伍"),
        ("محمد علي", "محمد علي 的队伍"),
        ("", "匿名的队伍"),
    ],
)
def test_the_team_of_who_reads_chinese_is_called_so_in_chinese(person: str, name: str) -> None:
    first = rules.own_name(person, set(), language="zh")
    assert first.name == name
    assert rules.own_name(person, {first.key}, language="zh").name == f"{name} 2"


@pytest.mark.parametrize("person", ["محمد علي", "12 דניאל"])
def test_a_name_that_runs_from_right_to_left_takes_an_ending_that_stays_behind_it(person):
    first = rules.own_name(person, set())
    assert first.name == f"{person} (team)"
    assert rules.own_name(person, {first.key}).name == f"{person} (team 2)"
    assert not rules.runs_from_right("Wei محمد")


def test_a_second_team_of_the_same_name_gets_a_number() -> None:
    taken = {rules.name_key("Wei's team"), rules.name_key("Wei's team 2")}
    assert rules.own_name("WEI", taken).name == "WEI's team 3"


@given(st.text(max_size=200), st.sampled_from(["en", "zh"]))
def test_a_team_called_after_anybody_has_a_name_that_is_accepted(person: str, said: str) -> None:
    name = rules.own_name(person, set(), language=said)
    assert len(name.name) <= rules.LONGEST_NAME
    assert len(name.key) <= rules.LONGEST_KEY
    assert rules._is_visible(name.name)


@given(st.text(max_size=60))
def test_cleaning_a_name_twice_is_cleaning_it_once(text: str) -> None:
    try:
        name = rules.check_name(text)
    except Invalid:
        return
    assert rules.check_name(name.name) == name


@pytest.mark.parametrize(
    "pasted",
    ["abc-_9", " abc-_9\n", "https://v.example/teams/join/abc-_9", "/teams/join/abc-_9/?x=1#top"],
)
def test_a_pasted_link_is_as_good_as_its_code(pasted: str) -> None:
    assert rules.code_in(pasted) == "abc-_9"


def test_teams_lock_at_the_lock_or_at_the_last_phases_end() -> None:
    ends = [LOCK + timedelta(days=1), LOCK + timedelta(days=9)]
    assert rules.locked_from(lock_at=LOCK, ends=ends) == LOCK
    assert rules.locked_from(lock_at=None, ends=ends) == ends[1]
    assert rules.locked_from(lock_at=None, ends=[]) is None


def test_the_lock_is_inclusive_to_the_second() -> None:
    still = LOCK + timedelta(milliseconds=999)
    rules.check_changeable(locked=LOCK, disqualified=False, now=still)
    with pytest.raises(Conflict, match="locked on 20 Dec 2026, 00:00 UTC"):
        rules.check_changeable(locked=LOCK, disqualified=False, now=LOCK + timedelta(seconds=1))


def test_a_challenge_without_a_lock_never_locks() -> None:
    rules.check_changeable(locked=None, disqualified=False, now=LOCK)


def test_nobody_walks_away_from_a_disqualified_team() -> None:
    with pytest.raises(Conflict, match="disqualified"):
        rules.check_changeable(locked=None, disqualified=True, now=LOCK)


def test_the_last_place_is_given_and_no_more() -> None:
    rules.check_room(members=3, coming=1, max_size=4)
    with pytest.raises(Conflict, match=r"room for 4; this one would have 5"):
        rules.check_room(members=4, coming=1, max_size=4)


@pytest.mark.parametrize("university", [TSINGHUA, None])
def test_people_of_one_university_or_of_none_go_together(university: Affiliation | None) -> None:
    rules.check_university(
        same_university=True, team="Pandas", of_team=university, comer="Mei", of_comer=university
    )


def test_where_mixing_is_allowed_anybody_goes_with_anybody() -> None:
    rules.check_university(
        same_university=False, team="Pandas", of_team=TSINGHUA, comer="Lena", of_comer=MUNICH
    )


@pytest.mark.parametrize(
    ("of_team", "of_comer", "says"),
    [
        (TSINGHUA, MUNICH, "competes for Tsinghua University, and Lena belongs to Technical"),
        (TSINGHUA, None, "Lena has no university yet. Ask for it under Settings"),
        (None, MUNICH, "The captain of Pandas can ask for it under Settings"),
    ],
)
def test_two_universities_are_refused_with_what_to_do(
    of_team: Affiliation | None, of_comer: Affiliation | None, says: str
) -> None:
    with pytest.raises(Forbidden, match=says):
        rules.check_university(
            same_university=True, team="Pandas", of_team=of_team, comer="Lena", of_comer=of_comer
        )


@pytest.mark.parametrize(
    ("joining", "invited", "way"),
    [
        (Joining.OPEN, False, Entrance.AT_ONCE),
        (Joining.APPROVAL, False, Entrance.ASK),
        (Joining.APPROVAL, True, Entrance.AT_ONCE),
        (Joining.INVITED, True, Entrance.AT_ONCE),
    ],
)
def test_a_link_lets_in_at_once_or_asks(joining: Joining, invited: bool, way: Entrance) -> None:
    assert rules.entrance(joining=joining, invited=invited) is way


def test_a_link_alone_opens_no_team_for_the_invited() -> None:
    with pytest.raises(Forbidden, match="no invitation"):
        rules.entrance(joining=Joining.INVITED, invited=False)


def test_only_the_captain_or_an_administrator_leads() -> None:
    rules.check_captain(captain_id=1, actor_id=1, is_admin=False)
    rules.check_captain(captain_id=1, actor_id=9, is_admin=True)
    with pytest.raises(Forbidden, match="captain"):
        rules.check_captain(captain_id=1, actor_id=2, is_admin=False)


def test_a_leaving_captain_is_followed_by_the_longest_member() -> None:
    assert rules.captain_after(captain_id=1, leaving_id=1, members=[1, 7, 3]) == 7


def test_a_leaving_member_changes_no_captain() -> None:
    assert rules.captain_after(captain_id=1, leaving_id=7, members=[7, 1, 3]) == 1


def test_after_the_last_member_nobody_leads() -> None:
    assert rules.captain_after(captain_id=1, leaving_id=1, members=[1]) is None


def test_the_last_member_stays_with_the_submissions() -> None:
    rules.check_leaving(stays=None, has_submitted=False)
    rules.check_leaving(stays=3, has_submitted=True)
    with pytest.raises(Conflict, match="last member"):
        rules.check_leaving(stays=None, has_submitted=True)


@pytest.mark.parametrize(
    ("starts", "now", "days"),
    [
        (datetime(2026, 11, 20, 0, tzinfo=UTC), NOON, 1),
        (datetime(2026, 11, 19, 23, 59, 59, tzinfo=UTC), NOON, 2),
        (datetime(2026, 11, 17, 12, tzinfo=UTC), NOON, 4),
        (datetime(2026, 11, 25, tzinfo=UTC), NOON, 1),
    ],
)
def test_a_day_counts_as_soon_as_it_has_begun(starts: datetime, now: datetime, days: int) -> None:
    assert rules.days_begun(starts=starts, ends=LOCK, now=now) == days


def test_no_day_begins_after_the_end_of_a_phase() -> None:
    starts = datetime(2026, 11, 17, tzinfo=UTC)
    ends = datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert rules.days_begun(starts=starts, ends=ends, now=NOON) == 2


def test_two_teams_merge_whose_submissions_fit_exactly() -> None:
    rules.check_merged_quota([use(brought=9, kept=11)], now=NOON)


def test_one_submission_too_many_keeps_two_teams_apart() -> None:
    with pytest.raises(Conflict, match=r"have 21 submissions together.*at most 20 by now"):
        rules.check_merged_quota([use(brought=10, kept=11)], now=NOON)


def test_the_total_bounds_a_merger_too() -> None:
    rules.check_merged_quota([use(total=20)], now=NOON)
    with pytest.raises(Conflict, match="at most 19 by now"):
        rules.check_merged_quota([use(total=19)], now=NOON)


def test_every_phase_has_to_fit() -> None:
    with pytest.raises(Conflict, match="In B board"):
        rules.check_merged_quota([use(), use(title="B board", brought=11)], now=NOON)


def test_a_team_does_not_vanish_from_final_results() -> None:
    rules.check_final([use(revealed=True, brought=0), use(brought=9)], team="Pandas")
    with pytest.raises(Conflict, match="Pandas stands in the final results of A board"):
        rules.check_final([use(revealed=True, brought=1)], team="Pandas")
