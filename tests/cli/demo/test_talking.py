"""What is said in the demo fits the challenges that are bundled."""

from sqlmodel import select

from server.challenges.models import Challenge, Participation
from server.cli.demo.running import BUNDLED
from server.cli.demo.talking import TALK, Talk
from server.discussions.models import Announcement, Question
from server.shared.access import Viewer
from tests.cast import NOON


def test_every_word_is_about_a_bundled_challenge():
    bundled = {path.name for path in BUNDLED.iterdir() if path.is_dir()}
    said = [*TALK["announcements"], *TALK["questions"]]
    assert {one["challenge"] for one in said} | set(TALK["prizes"]) <= bundled


def test_all_of_it_can_be_said(session, database, cast):
    for slug in {one["challenge"] for one in TALK["announcements"]} - {"digits"}:
        session.add(
            Challenge(
                slug=slug,
                title=slug,
                visibility="public",
                id_column="id",
                max_bytes=1,
                scorer="accuracy",
                created_at=NOON,
                updated_at=NOON,
            )
        )
    session.flush()
    for challenge in session.exec(select(Challenge)).all():
        if session.get(Participation, (challenge.id, cast.wei.id)) is None:
            session.add(
                Participation(challenge_id=challenge.id, account_id=cast.wei.id, joined_at=NOON)
            )
    session.commit()
    viewers = {
        person.email: Viewer(id=person.id, name=person.name, confirmed=True)
        for person in cast.people.values()
    }
    said = Talk(database, viewers, cast.olga.id).begin(now=NOON)
    assert said == len(TALK["announcements"]) + len(TALK["questions"])
    assert len(session.exec(select(Announcement)).all()) == len(TALK["announcements"])
    states = {question.state.value for question in session.exec(select(Question)).all()}
    assert states == {"open", "answered", "published"}
