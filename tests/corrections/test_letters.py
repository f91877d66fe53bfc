"""Whoever is concerned by another evaluation is told what changed and why, and nobody else."""

import pytest

from server.corrections.actions import put_live
from server.shared.mail import waiting_mail
from server.submissions.models import Submission
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, complete, rescored


@pytest.fixture
def scored(session, cast):
    return boards(session, cast)


@pytest.fixture
def go(app, session, cast, scored):
    """Put an evaluation live that says these values of both submissions; give the letters."""

    def go(pandas, isar) -> dict[str, str]:
        phase, _, submissions = scored
        second = beside(session, phase)
        for submission, values in zip(submissions, (pandas, isar), strict=True):
            rescored(session, second, submission, values)
        complete(session, second)
        with app.test_request_context():
            posted = put_live(
                session, evaluation=second, phase=phase, actor_id=cast.olga.id, now=NOON
            )
        letters = {mail.recipient: mail.body for mail in waiting_mail(session)}
        assert posted == len(letters) == len(waiting_mail(session))
        return letters

    return go


def test_every_member_is_told_old_and_new_rank_and_score_and_why(cast, go):
    letters = go((0.5, 0.8), (0.75, 0.6))
    assert set(letters) == {cast.wei.email, cast.mei.email, cast.lena.email}
    wei = letters[cast.wei.email]
    assert "two rows of the truth were wrong" in wei
    assert "before: rank 1 with 0.9000" in wei
    assert "now: rank 2 with 0.5000" in wei
    assert "before: rank 2 with 0.7000" in letters[cast.lena.email]


def test_a_team_that_nothing_changes_for_gets_no_letter(cast, go):
    assert set(go((0.95, 0.8), (0.7, 0.6))) == {cast.wei.email, cast.mei.email}


def test_before_the_reveal_no_letter_comes_of_the_private_board(go):
    assert go((0.9, 0.1), (0.7, 0.9)) == {}


def test_after_the_reveal_both_boards_are_told(session, cast, scored, go):
    scored[0].revealed_at = NOON
    letters = go((0.9, 0.1), (0.7, 0.95))
    assert "Final ranking" in letters[cast.wei.email]
    assert "now: rank 2 with 0.1000" in letters[cast.wei.email]
    assert "Public board" not in letters[cast.wei.email]


def test_while_the_board_is_frozen_a_team_is_told_its_score_and_no_place(cast, scored, go):
    scored[0].frozen_at = NOON
    letters = go((0.5, 0.8), (0.7, 0.6))
    # The other team climbs, and must not know.
    assert set(letters) == {cast.wei.email, cast.mei.email}
    wei = letters[cast.wei.email]
    assert "frozen at present" in wei
    assert "before: 0.9000" in wei
    assert "now: 0.5000" in wei
    assert "rank" not in wei


def test_a_rejection_is_told_with_its_message_and_only_once(session, cast, go):
    letters = go((0.9, 0.8), None)
    lena = letters[cast.lena.email]
    assert "predictions.csv: it is rejected now" in lena
    assert "an id is missing" in lena
    assert "now: not on it" in lena
    assert cast.wei.email not in letters


def test_a_withdrawn_submission_concerns_nobody(session, cast, scored, go):
    withdrawn = session.get_one(Submission, scored[2][1].id)
    withdrawn.withdrawn_at = NOON
    session.add(withdrawn)
    session.flush()
    letters = go((0.9, 0.8), None)
    assert "rejected" not in "".join(letters.values())
