from collections import Counter
from random import Random

from server.cli.demo.cast import PEOPLE
from server.cli.demo.crews import crews

CHALLENGES = ["breast-cancer", "diabetes", "digits"]


def test_every_student_is_in_one_crew_of_their_university():
    members = Counter(
        one for crew in crews(Random(1), CHALLENGES, ["x.csv"]) for one in crew.members
    )

    assert members == Counter(PEOPLE)


def test_every_crew_competes_and_every_challenge_is_chosen():
    formed = crews(Random(1), CHALLENGES, ["x.csv"])

    assert {name for crew in formed for name in crew.challenges} == set(CHALLENGES)
    for crew in formed:
        assert 1 <= len(crew.challenges) == len(set(crew.challenges)) <= 3


def test_no_two_crews_have_one_name():
    for seed in range(20):
        names = [crew.name for crew in crews(Random(seed), CHALLENGES, ["x.csv"])]

        assert len(names) >= 60
        assert len(set(names)) == len(names)


def test_a_single_challenge_takes_all_crews():
    formed = crews(Random(1), ["digits"], ["x.csv"])

    assert {crew.challenges for crew in formed} == {("digits",)}
