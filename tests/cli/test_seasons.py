"""`varsity season create`: a set of public challenges with weights, or a refusal in words."""

from sqlmodel import select

from server.challenges.models import Challenge
from server.cli.instance import opened
from server.standings.models import Season, SeasonChallenge
from tests.cast import Cast, add_challenge, add_people, add_universities


def add_digits() -> None:
    with opened() as instance, instance.database.writing() as session:
        cast = Cast()
        add_universities(session, cast)
        add_people(session, cast)
        add_challenge(session, cast)
        session.commit()


def test_a_season_has_the_challenges_and_weights_that_are_named(varsity) -> None:
    add_digits()
    made = varsity.json("season", "create", "term", "--title", "Term", "--challenge", "digits=2")
    assert made == {"slug": "term", "title": "Term", "challenges": {"digits": 2}}
    with opened() as instance, instance.database.reading() as session:
        season = session.exec(select(Season)).one()
        digits = session.exec(select(Challenge)).one()
        row = session.exec(select(SeasonChallenge)).one()
        assert (row.season_id, row.challenge_id, row.weight) == (season.id, digits.id, 2)


def test_what_is_no_season_is_refused_in_words(varsity) -> None:
    add_digits()
    for challenge, said in (("atlantis", "atlantis"), ("digits=heavy", "heavy")):
        answer = varsity("season", "create", "t", "--title", "T", "--challenge", challenge)
        assert (answer.exit_code, answer.stdout) == (1, "")
        assert said in answer.stderr
