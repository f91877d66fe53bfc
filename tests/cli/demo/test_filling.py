"""A demo filled with a part of its month: what every audience finds alive in it."""

import shutil
import threading
import time
from collections.abc import Iterator

import pytest
from sqlmodel import Session, col, func, select

from server.accounts.models import Account, AffiliationRequest
from server.accounts.rules import RequestState
from server.app import create_app
from server.certificates.models import Certificate
from server.challenges.models import Challenge, Organiser, Phase, Registration
from server.challenges.rules import Ranking, Role
from server.classes.models import GradeBook, PublishedGrade
from server.cli.demo import filling
from server.cli.demo.cast import JUDGE, ORGANISER
from server.cli.demo.crews import SHOWN
from server.cli.demo.filling import Filler
from server.cli.demo.running import BUNDLED
from server.cli.demo.scene import Scene
from server.cli.demo.stage import ACTS, as_asked
from server.cli.demo.story import PlannedSubmission, plan, teams_of
from server.drafts.models import ChallengeDraft
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.notifications.models import Notification
from server.shared.clock import utcnow
from server.shared.database import Database
from server.shared.migrate import migrate
from server.shared.settings import Settings
from server.shared.storage import FileStore, Stores
from server.submissions.models import Submission
from server.worker import Worker

pytestmark = pytest.mark.long
# Of each challenge only so many teams, beside the class and the student of the demo.
TEAMS = 3
MOST_PATIENCE = 60  # seconds


def some(every: list[PlannedSubmission]) -> list[PlannedSubmission]:
    """The class, the student of the demo, and a few teams of each challenge."""
    taken = [team for team in teams_of(every) if SHOWN in team.members]
    for slug in {line.challenge for line in every}:
        own = [team for team in teams_of(every) if team.challenge == slug]
        # Who submits last of all does so while a board is frozen.
        last = [line.team for line in every if line.challenge == slug][-1]
        taken += own if slug == "wine-course" else [*own[:TEAMS], last]
    return [line for line in every if line.team in taken]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database that the demo has filled, with a worker beside it."""
    home = tmp_path_factory.mktemp("demo")
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=home,
        secret_key="a-secret-that-only-the-tests-know-0123456789",
        base_url="http://localhost",
        replicates=100,
    )
    database = Database(settings.database)
    migrate(database)
    app = create_app(settings)
    shutil.copytree(
        BUNDLED,
        home / "challenges",
        ignore=shutil.ignore_patterns("data", "private", "__pycache__"),
    )
    worker = Worker(settings)
    over = threading.Event()
    working = threading.Thread(target=work, args=(worker, over))
    working.start()
    scene = Scene(
        database=database,
        stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
        jobs=worker.jobs,
        folders=home / "challenges",
        now=utcnow(),
        replicates=settings.replicates,
        base_url=settings.base_url,
        asked=lambda: as_asked(app),
    )
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(filling, "plan", lambda now, seed: some(plan(now, seed)))
            filler = Filler(scene, lambda _line: None)
            for act in ACTS:
                act(filler)
        until = time.monotonic() + MOST_PATIENCE
        while not handed_out(database) and time.monotonic() < until:
            time.sleep(0.1)
        yield database
    finally:
        over.set()
        working.join()
        worker.stop()
        database.dispose()


def handed_out(database: Database) -> bool:
    """Whether a worker made the certificates that the demo ended with."""
    with database.reading() as session:
        return session.exec(select(Certificate.id).limit(1)).first() is not None


def work(worker: Worker, over: threading.Event) -> None:
    """Do what is sent, and what the clock says, as a worker does."""
    while not over.is_set():
        task = worker.jobs.engine.dequeue()
        if task is None:
            worker.chores.run_due()
            over.wait(0.05)
        else:
            worker.jobs.engine.execute(task)


@pytest.fixture
def filled(full: Database) -> Iterator[Session]:
    with full.reading() as session:
        yield session


def challenge(session: Session, slug: str) -> Challenge:
    return session.exec(select(Challenge).where(Challenge.slug == slug)).one()


def count(session: Session, model: type, *conditions: object) -> int:
    query = select(func.count()).select_from(model)
    return session.exec(query.where(*conditions)).one()  # type: ignore[arg-type]


def test_a_class_has_a_board_without_names_late_files_and_published_grades(filled: Session):
    course = challenge(filled, "wine-course")
    (book,) = filled.exec(select(GradeBook).where(GradeBook.challenge_id == course.id))
    grades = filled.exec(select(PublishedGrade).where(PublishedGrade.book_id == book.id)).all()

    assert course.anonymous
    assert len(grades) >= 15
    assert len({row.grade for row in grades}) >= 5
    assert count(filled, Submission, Submission.challenge_id == course.id, Submission.late) == 2
    assert any(row.late_days for row in grades)


def test_a_judge_reads_one_challenge(filled: Session):
    roles = select(Organiser.role).join(Account, col(Account.id) == Organiser.account_id)

    assert filled.exec(roles.where(Account.email == JUDGE.email)).all() == [Role.JUDGE]


def test_requests_wait_are_granted_and_one_is_declined_with_words(filled: Session):
    states = [row.state for row in filled.exec(select(Registration))]

    assert states.count(RequestState.OPEN) >= 3
    assert states.count(RequestState.APPROVED) >= 2
    declined = select(Registration).where(Registration.state == RequestState.REFUSED)
    assert filled.exec(declined).one().reason


def test_one_correction_is_live_and_one_is_complete_beside_the_live_board(filled: Session):
    found = {
        (slug, number): state
        for slug, number, state in filled.exec(
            select(Challenge.slug, Evaluation.number, Evaluation.state)
            .join(Phase, col(Phase.id) == Evaluation.phase_id)
            .join(Challenge, col(Challenge.id) == Phase.challenge_id)
        )
    }

    assert found["diabetes", 1] is EvaluationState.PAST
    assert found["diabetes", 2] is EvaluationState.LIVE
    assert found["mauna-loa-co2", 1] is EvaluationState.LIVE
    assert found["mauna-loa-co2", 2] in (EvaluationState.SCORING, EvaluationState.COMPLETE)


def test_a_board_is_frozen_another_is_a_ladder_and_a_deadline_was_moved(filled: Session):
    phases = filled.exec(select(Phase)).all()
    frozen = [phase for phase in phases if phase.frozen_at is not None]

    assert [phase.slug for phase in frozen] == ["a"]
    later = col(Submission.received_at) > frozen[0].frozen_at
    assert count(filled, Submission, Submission.phase_id == frozen[0].id, later)
    assert sum(phase.ranking is Ranking.LADDER for phase in phases) == 1
    assert sum(phase.extended_from is not None for phase in phases) == 1


def test_the_organiser_has_a_draft_half_made_and_one_that_changes_a_challenge(filled: Session):
    drafts = filled.exec(select(ChallengeDraft)).all()
    owners = {filled.get_one(Account, draft.owner_id).email for draft in drafts}

    assert owners == {ORGANISER.email}
    assert [draft.challenge_id is None for draft in drafts].count(True) == 1
    assert len(drafts) == 2


def test_the_student_of_the_demo_has_read_some_of_what_was_told_and_holds_certificates(
    filled: Session,
):
    student = filled.exec(select(Account).where(Account.email == SHOWN.email)).one()
    own = Notification.account_id == student.id

    assert count(filled, Notification, own, col(Notification.read_at).is_not(None)) > 3
    assert 0 < count(filled, Notification, own, col(Notification.read_at).is_(None)) < 12
    assert student.listed_at is not None


def test_a_manager_has_somebody_to_decide_on(filled: Session):
    waiting = AffiliationRequest.state == RequestState.OPEN

    assert count(filled, AffiliationRequest, waiting) == 1


def test_certificates_are_handed_out(full: Database):
    assert handed_out(full)
