"""Certificates are handed out once, and follow the results that they speak of."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from scorers.sentences import from_json
from server.accounts.closing import close_account
from server.boards.entries import rebuild_entry
from server.certificates.actions import allow_again, hand_out, revoke
from server.certificates.models import Certificate, CertificateJob
from server.certificates.queries import certificates_of, successor_of
from server.certificates.rules import HandOut, JobState, Kind, Placing, Reason, State
from server.evaluations.models import Score
from server.notifications.models import Notification
from server.shared.errors import Conflict, Invalid
from server.shared.events import Event, record
from tests.boards.scored import scored
from tests.cast import NOON

FIRST = HandOut(participation=True, placing=Placing.TOP, top=1)


def facts(certificate):
    place = certificate.body["placement"]
    return certificate.kind, place and place["rank"], certificate.body["holder"]["name"]


def test_before_the_reveal_nothing_is_handed_out(scene):
    with pytest.raises(Conflict, match="after the result"):
        scene.ask()
    assert not scene.session.exec(select(CertificateJob)).all()


def test_a_job_that_waited_beyond_a_withdrawn_reveal_says_why_it_failed(scene):
    scene.reveal()
    job = scene.ask()
    scene.phase.revealed_at = None
    scene.session.commit()
    scene.do(job.id)
    scene.session.refresh(job)
    assert job.state is JobState.FAILED
    assert "after the result" in job.problem
    assert from_json(job.problem_said).message == job.problem
    assert not scene.certificates()


def test_everybody_gets_one_for_the_best_reason(handed_out):
    assert sorted(map(facts, handed_out.certificates()), key=str) == sorted(
        [
            (Kind.PLACEMENT, 1, "王伟"),
            (Kind.PLACEMENT, 1, "李梅"),
            (Kind.PARTICIPATION, None, "Lena Vogt"),
        ],
        key=str,
    )
    place = handed_out.of("wei").body["placement"]
    assert (place["score"], place["teams"], place["metric"]) == (0.8, 2, "Accuracy")
    assert handed_out.of("wei").university_id == handed_out.cast.tsinghua.id
    told = handed_out.session.exec(select(Notification.kind)).all()
    assert told == ["certificate"] * 3


def test_handed_out_again_nothing_changes(handed_out):
    before = [c.code for c in handed_out.certificates()]
    job = handed_out.give(FIRST)
    assert job.made == {"keep": 3}
    assert [c.code for c in handed_out.certificates()] == before


def test_withdrawn_and_disqualified_teams_get_none(scene):
    scene.reveal()
    scene.team("isar").disqualified_at = NOON
    scene.session.execute(
        sa.text("UPDATE submission SET withdrawn_at = :now WHERE team_id = :team"),
        {"now": NOON.replace(tzinfo=None), "team": scene.cast.pandas.id},
    )
    scene.session.execute(sa.text("UPDATE entry SET ranked = false"))
    scene.session.commit()
    assert scene.give().made == {}


def test_a_late_submission_is_no_participation(scene):
    scored(scene.session, scene.phase, scene.team("isar"), 0.1, 0.1, late=True)
    scene.reveal()
    scene.ranges()
    scene.give()
    assert scene.of("lena").body["participation"]["submissions"] == 1


def test_two_who_hand_out_at_once_make_one_job_and_one_certificate_each(scene):
    scene.reveal()
    job = scene.ask(FIRST)
    assert scene.ask(FIRST, by=scene.cast.ada).id == job.id
    with pytest.raises(Conflict, match="under way"):
        scene.ask(HandOut(placing=Placing.TOP, top=2))
    other = hand_out_twice(scene)
    both = [threading.Thread(target=scene.issuer.do, args=(number,)) for number in (job.id, other)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    scene.session.expire_all()
    assert len(scene.certificates()) == 3


def hand_out_twice(scene):
    """Add a second job beside the first, as no page would."""
    job = CertificateJob(
        kind="hand out",
        challenge_id=scene.cast.digits.id,
        rules=FIRST.as_json(),
        asked_at=NOON,
    )
    scene.session.add(job)
    scene.session.commit()
    return job.id


def test_rules_that_give_nobody_anything_are_no_job(scene):
    scene.reveal()
    with pytest.raises(Invalid):
        scene.ask(HandOut(participation=False, placing=Placing.NOBODY))


def overtake(scene):
    """Score the surfers anew, above the pandas, as a later evaluation would."""
    team = scene.team("isar")
    scene.session.execute(
        sa.update(Score)
        .where(
            col(Score.submission_id).in_(
                sa.text(f"(SELECT id FROM submission WHERE team_id = {team.id})")
            )
        )
        .values(value=0.95)
    )
    rebuild_entry(scene.session, phase=scene.phase, evaluation=scene.evaluation, team_id=team.id)
    # As the board of an evaluation that has just gone live: the worker is still at it.
    scene.session.execute(sa.text("UPDATE entry SET ranges_at = NULL"))
    record(scene.session, "evaluation.live", at=NOON, challenge_id=scene.cast.digits.id)
    scene.session.commit()


def test_a_later_result_supersedes_and_never_silently(handed_out):
    old = handed_out.of("lena")
    overtake(handed_out)
    # The ranges of the ranks are not there yet: nothing is said before they are.
    assert handed_out.follow() == 1
    assert handed_out.of("lena").code == old.code
    handed_out.ranges()
    handed_out.follow()
    new = handed_out.of("lena")
    assert facts(new) == (Kind.PLACEMENT, 1, "Lena Vogt")
    ended = handed_out.of("lena", State.SUPERSEDED)
    assert (ended.code, ended.reason) == (old.code, Reason.OTHER_RULE)
    assert successor_of(handed_out.session, ended).code == new.code
    # Whoever was first is not any more: the paper for the place gives way to one for taking part.
    assert facts(handed_out.of("wei")) == (Kind.PARTICIPATION, None, "王伟")
    told = handed_out.session.exec(select(Notification.kind)).all()
    assert told.count("certificate_replaced") == 3
    assert handed_out.follow() == 0


def test_a_score_that_changes_replaces_what_said_the_old_one(handed_out):
    team = handed_out.team("pandas")
    handed_out.session.execute(sa.text("UPDATE score SET value = 0.85 WHERE value = 0.8"))
    rebuild_entry(
        handed_out.session,
        phase=handed_out.phase,
        evaluation=handed_out.evaluation,
        team_id=team.id,
    )
    record(handed_out.session, "evaluation.live", at=NOON, challenge_id=team.challenge_id)
    handed_out.session.commit()
    handed_out.ranges()
    handed_out.follow()
    assert handed_out.of("mei").body["placement"]["score"] == 0.85
    assert handed_out.of("mei", State.SUPERSEDED).reason is Reason.BOARD_CHANGED


def test_a_disqualified_team_loses_its_certificates(handed_out):
    team = handed_out.team("isar")
    team.disqualified_at = NOON
    record(handed_out.session, "team.disqualified", at=NOON, challenge_id=team.challenge_id)
    handed_out.session.commit()
    handed_out.follow()
    lost = handed_out.of("lena", State.REVOKED)
    assert lost.reason is Reason.TEAM_OUT
    kinds = {e.kind for e in handed_out.session.exec(select(Event))}
    assert "certificate.revoked" in kinds


def test_what_is_revoked_by_hand_is_given_again_only_when_allowed(handed_out):
    lost = handed_out.of("lena")
    with pytest.raises(Invalid):
        revoke(handed_out.session, certificate=lost, reason=" ", actor_id=1, now=NOON)
    revoke(handed_out.session, certificate=lost, reason="shared files", actor_id=1, now=NOON)
    handed_out.session.commit()
    assert handed_out.give(FIRST).made == {"keep": 2, "leave out": 1}
    with pytest.raises(Conflict):
        revoke(handed_out.session, certificate=lost, reason="again", actor_id=1, now=NOON)
    allow_again(handed_out.session, certificate=lost, actor_id=1, now=NOON)
    handed_out.session.commit()
    assert handed_out.give(FIRST).made == {"keep": 2, "give": 1}


def test_a_closed_account_takes_its_name_along(handed_out):
    wei = handed_out.cast.wei.id
    close_account(handed_out.session, account_id=wei, actor_id=wei, now=NOON)
    handed_out.session.commit()
    handed_out.follow()
    gone = handed_out.of("wei", State.WITHDRAWN)
    assert (gone.body, gone.signature, gone.reason) == ({}, "", Reason.ACCOUNT_CLOSED)
    assert not certificates_of(handed_out.session, wei)
    with handed_out.database.reading() as session:
        bodies = session.exec(select(Certificate.body)).all()
    assert "王伟" not in str(bodies)
    assert "Lena Vogt" in str(bodies)


def test_the_database_allows_a_person_one_valid_certificate_of_a_challenge(handed_out):
    present = handed_out.of("lena")
    values = present.model_dump(exclude={"id", "code"}) | {"code": "K7QM2R4T9XWBHD3C"}
    handed_out.session.add(Certificate(**values))
    with pytest.raises(sa.exc.IntegrityError):
        handed_out.session.flush()
    handed_out.session.rollback()


LEVELS = {
    "elementary": [{"test": "scored", "challenges": ["digits"]}],
    "advanced": [{"test": "surely_beats", "challenges": ["digits/b = logistic regression"]}],
}


def test_levels_are_given_by_results_that_are_out(scene):
    standard = scene.standard(**LEVELS)
    scene.give_levels(standard)
    assert not scene.certificates()
    scene.reveal()
    scene.give_levels(standard)
    levels = {c.body["holder"]["name"]: c.body["level"]["level"] for c in scene.certificates()}
    # 0.7 less 0.02 is above 0.6 too.
    assert levels == {"王伟": "advanced", "李梅": "advanced", "Lena Vogt": "advanced"}
    assert scene.of("lena").body["level"]["results"][0]["score"] == 0.7


def test_a_level_that_falls_is_replaced_by_the_lower_one(scene):
    standard = scene.standard(**LEVELS)
    scene.reveal()
    scene.follow()
    scene.give_levels(standard)
    scene.session.execute(sa.text("UPDATE score SET value = 0.61, low = 0.59 WHERE value = 0.7"))
    team = scene.team("isar")
    rebuild_entry(scene.session, phase=scene.phase, evaluation=scene.evaluation, team_id=team.id)
    record(scene.session, "evaluation.live", at=NOON, challenge_id=team.challenge_id)
    scene.session.commit()
    scene.follow()
    assert scene.of("lena").body["level"]["level"] == "elementary"
    assert scene.of("lena", State.SUPERSEDED).reason is Reason.LEVEL_CHANGED
    assert scene.of("wei").body["level"]["level"] == "advanced"


@pytest.mark.parametrize("named", ["atlantis", "digits/z", "digits = random forest"])
def test_a_standard_names_what_is_there(scene, named):
    with pytest.raises(Invalid) as error:
        scene.standard(elementary=[{"test": "scored", "challenges": [named]}])
    assert len(error.value.errors) == 1


def test_a_dead_worker_gives_the_job_back(scene, clock):
    scene.reveal()
    job = scene.ask()
    job.state, job.lease_holder = JobState.RUNNING, "host/9/9/x"
    job.lease_until = clock() + timedelta(minutes=1)
    scene.session.commit()
    scene.do(job.id)
    assert not scene.certificates()
    clock.forward(minutes=2)
    scene.do(job.id)
    assert len(scene.certificates()) == 3
    scene.session.refresh(job)
    assert (job.state, job.interruptions) == (JobState.DONE, 1)


def test_asking_needs_a_challenge_with_something_scored(scene, cast):
    scene.evaluation.state = "past"
    scene.reveal()
    with pytest.raises(Conflict, match="Nothing is scored"):
        hand_out(scene.session, challenge=scene.challenge, rules=HandOut(), actor_id=None, now=NOON)
