import pytest
from sqlmodel import select

from server.boards.schedules import write_rank_ranges
from server.certificates.actions import give_levels, hand_out
from server.certificates.defining import define_standard
from server.certificates.definition import define
from server.certificates.following import follow
from server.certificates.models import Certificate
from server.certificates.rules import HandOut, Placing, State
from server.certificates.signing import listed_pen
from server.certificates.working import Issuer
from server.challenges.models import Challenge, Phase
from server.evaluations.tools import Tools
from server.shared.queue import Jobs, make_engine
from server.shared.storage import FileStore, Stores
from server.teams.models import Team
from tests.boards.scored import evaluate, reveal_now, scored
from tests.cast import NOON

USUAL = HandOut()


class Scene:
    """A revealed challenge: the pandas (王伟 and 李梅) first, the surfers (Lena Vogt) second."""

    def __init__(self, database, settings, session, cast, clock):
        self.database, self.settings, self.session = database, settings, session
        self.cast, self.clock = cast, clock
        self.issuer = Issuer(self._tools(), settings)
        self.phase = session.merge(cast.phase_b)
        self.evaluation = evaluate(session, self.phase)
        scored(session, self.phase, None, 0.6, 0.6, baseline="logistic regression")
        scored(session, self.phase, self.team("pandas"), 0.9, 0.8, by=cast.wei)
        scored(session, self.phase, self.team("isar"), 0.7, 0.7, by=cast.lena)
        session.commit()
        self.ranges()

    def _tools(self):
        settings = self.settings
        return Tools(
            database=self.database,
            stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
            jobs=Jobs(make_engine("", settings.data_dir)),
            isolation=None,
            clock=self.clock,
            name="host/1/2",
            lease=None,
        )

    def team(self, key):
        return self.session.get_one(Team, self.cast.teams[key].id)

    @property
    def challenge(self):
        return self.session.get_one(Challenge, self.cast.digits.id)

    def do(self, job_id):
        self.session.rollback()
        self.issuer.do(job_id)
        self.session.expire_all()

    def ranges(self):
        self.session.rollback()
        write_rank_ranges(self.database, now=self.clock())
        self.session.expire_all()

    def reveal(self):
        reveal_now(self.session, self.session.get_one(Phase, self.phase.id))
        self.session.commit()

    def ask(self, rules=USUAL, by=None):
        actor = by or self.cast.olga
        job = hand_out(
            self.session, challenge=self.challenge, rules=rules, actor_id=actor.id, now=NOON
        )
        self.session.commit()
        return job

    def give(self, rules=USUAL):
        job = self.ask(rules)
        self.do(job.id)
        self.session.refresh(job)
        self.session.commit()
        return job

    def standard(self, **values):
        named = {"slug": "ml", "title": "Machine learning", "issuer": "Varsity"}
        row = define_standard(self.session, define(named | values), viewer=None, now=NOON)
        self.session.commit()
        return row

    def give_levels(self, standard):
        job = give_levels(self.session, standard=standard, actor_id=self.cast.ada.id, now=NOON)
        self.session.commit()
        self.do(job.id)
        return job

    def follow(self):
        def pen():
            return listed_pen(self.database, self.settings, now=self.clock())

        # The test's own session holds the write lock from its first look on.
        self.session.rollback()
        found = follow(self.database, pen, now=self.clock())
        self.session.expire_all()
        return found

    def certificates(self, state=State.VALID):
        query = select(Certificate).where(Certificate.state == state).order_by(Certificate.id)
        # Not by the test's own session: it would hold the write lock from then on.
        with self.database.reading() as session:
            return list(session.exec(query))

    def of(self, person, state=State.VALID):
        mine = [c for c in self.certificates(state) if c.account_id == self.cast.people[person].id]
        assert len(mine) == 1
        return mine[0]


@pytest.fixture
def scene(database, settings, session, cast, clock):
    return Scene(database, settings, session, cast, clock)


@pytest.fixture
def handed_out(scene):
    """The same, with its certificates handed out: the pandas get one for the first place."""
    scene.reveal()
    scene.follow()
    scene.give(HandOut(participation=True, placing=Placing.TOP, top=1))
    return scene
