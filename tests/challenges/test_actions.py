from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import Session, select

from server.challenges.actions import DeployResult, deploy_challenge, join
from server.challenges.changes import Change, ChangeKind
from server.challenges.deployment import PhaseUse
from server.challenges.file_queries import files_of
from server.challenges.models import Challenge, Organiser, Participation, Phase
from server.challenges.queries import pages_of
from server.challenges.rules import Joining, Ranking
from server.shared.errors import Conflict, Invalid
from server.shared.events import Event
from server.shared.storage import FileStore
from tests.folders.folders import NOW, Edit, read

Deploy = Callable[..., DeployResult]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(str(tmp_path / "files"))


@pytest.fixture
def forgotten() -> list[int]:
    return []


@pytest.fixture
def deploy(session: Session, cast, wines: Path, store: FileStore, forgotten: list[int]) -> Deploy:
    """Deploys the wines as they are now; `in_use` are the slugs of phases with submissions."""

    def run(*, in_use: tuple[str, ...] = (), **options) -> DeployResult:
        def has_submissions(phase_id: int) -> bool:
            return session.get(Phase, phase_id).slug in in_use

        use = PhaseUse(has_submissions, forgotten.append)
        try:
            result = deploy_challenge(
                session, read(wines), files=store, use=use, now=NOW, **options
            )
        except Exception:
            session.rollback()
            raise
        session.commit()
        return result

    return run


def add_phase(wines: Path, slug: str) -> None:
    file = wines / "challenge.toml"
    file.write_text(
        file.read_text("utf-8") + f'\n[[phases]]\nslug = "{slug}"\nstarts = 2027-02-01T00:00:00Z\n'
        'ends = 2027-02-08T00:00:00Z\nsolution = "private/solution.csv"\n'
        "public_fraction = 0.3\n",
        "utf-8",
    )


def test_a_folder_becomes_a_challenge_with_pages_files_and_phases(deploy, session, store) -> None:
    result = deploy()
    challenge = result.challenge
    assert result.created
    assert (challenge.slug, challenge.scorer, challenge.higher_is_better) == ("wines", "f1", True)
    assert (challenge.header, challenge.joining) == (["id", "cultivar"], Joining.OPEN)
    assert [page.slug for page in pages_of(session, challenge.id)] == ["overview", "data", "rules"]
    assert [(p.slug, p.ranking, p.per_day) for p in result.phases] == [("main", Ranking.BEST, 5)]
    names = [file.name for file in files_of(session, challenge.id)]
    assert names == ["sample_submission.csv", "test.csv", "train.csv", "baseline.py"]
    for file in files_of(session, challenge.id):
        stored = bytes(store.open(file.sha256).read())
        assert sha256(stored).hexdigest() == file.sha256


def test_no_solution_reaches_the_public_store(deploy, wines, store) -> None:
    deploy()
    hidden = [sha256(path.read_bytes()).hexdigest() for path in (wines / "private").iterdir()]
    assert hidden
    assert not any(store.has(digest) for digest in hidden)


def test_the_direction_is_the_scorers(deploy, edit: Edit) -> None:
    edit('scorer = "f1"', 'scorer = "log_loss"')
    edit('params = { average = "macro" }', "params = {}")
    edit('also = ["accuracy"]', "also = []")
    edit('labels = ["class_0", "class_1", "class_2"]', "")
    assert deploy().challenge.higher_is_better is False


def test_deploying_again_changes_nothing(deploy, session) -> None:
    first = deploy(organisers=["olga@tum.example"])
    events = len(session.exec(select(Event)).all())
    again = deploy(organisers=["olga@tum.example"])
    assert first.changes
    assert (again.changes, again.created) == ([], False)
    assert again.challenge.id == first.challenge.id
    assert len(session.exec(select(Event)).all()) == events


def test_a_changed_title_is_the_only_change(deploy, edit: Edit, session) -> None:
    deploy()
    edit('title = "Wines"', 'title = "Vins"')
    assert deploy(in_use=("main",)).changes == [
        Change(ChangeKind.CHANGED, "title", "Wines", "Vins")
    ]
    assert session.exec(select(Challenge.title).where(Challenge.slug == "wines")).one() == "Vins"


def test_a_changed_page_and_file_are_said(deploy, wines: Path, session, store) -> None:
    challenge = deploy().challenge
    (wines / "overview.md").write_text("# Wines\n\nNew words.\n", "utf-8")
    (wines / "data" / "notes.txt").write_text("read me", "utf-8")
    (wines / "data" / "train.csv").write_text("id,cultivar\n1,class_0\n", "utf-8")
    whats = [(change.kind, change.what) for change in deploy().changes]
    assert (ChangeKind.CHANGED, "page overview markdown") in whats
    assert (ChangeKind.ADDED, "file notes.txt") in whats
    assert (ChangeKind.CHANGED, "file train.csv sha256") in whats
    assert pages_of(session, challenge.id)[0].markdown == "# Wines\n\nNew words.\n"
    changed = {file.name: file for file in files_of(session, challenge.id)}["train.csv"]
    assert store.size(changed.sha256) == changed.size == 22


def test_a_removed_page_and_file_are_gone(deploy, wines: Path, edit: Edit, session) -> None:
    challenge = deploy().challenge
    edit('pages = ["overview", "data", "rules"]', 'pages = ["overview", "rules"]')
    (wines / "data" / "train.csv").unlink()
    removed = [c.what for c in deploy().changes if c.kind is ChangeKind.REMOVED]
    assert removed == ["page data", "file train.csv"]
    assert [page.slug for page in pages_of(session, challenge.id)] == ["overview", "rules"]


def test_an_end_may_move_while_submissions_come_in_and_is_reported(deploy, wines: Path) -> None:
    before = deploy().phases[0].ends
    file = wines / "challenge.toml"
    old = f"{before:%Y-%m-%dT%H:%M:%SZ}"
    file.write_text(file.read_text("utf-8").replace(old, "2027-03-01T00:00:00Z"), "utf-8")
    assert deploy(in_use=("main",)).changes == [
        Change(ChangeKind.CHANGED, "phase main ends", old, "2027-03-01T00:00:00Z")
    ]


def test_a_phase_with_submissions_cannot_be_removed_and_is_named(deploy, wines, session) -> None:
    before = (wines / "challenge.toml").read_text("utf-8")
    add_phase(wines, "final")
    deploy()
    (wines / "challenge.toml").write_text(before, "utf-8")
    with pytest.raises(Conflict, match="Phase final has submissions") as refused:
        deploy(in_use=("final",))
    assert refused.value.code == "phase-in-use"
    assert {p.slug for p in session.exec(select(Phase))} >= {"main", "final"}


def test_an_unused_phase_goes_after_what_hangs_on_it(deploy, wines, forgotten) -> None:
    before = (wines / "challenge.toml").read_text("utf-8")
    add_phase(wines, "final")
    final = deploy().phases[1].id
    (wines / "challenge.toml").write_text(before, "utf-8")
    result = deploy(in_use=("main",))
    assert [(c.kind, c.what) for c in result.changes] == [(ChangeKind.REMOVED, "phase final")]
    assert (forgotten, [p.slug for p in result.phases]) == ([final], ["main"])


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('params = { average = "macro" }', 'params = { average = "micro" }', "params"),
        ('labels = ["class_0", ', 'labels = ["class_9", "class_0", ', "labels"),
        ('ranking = "best"', 'ranking = "latest"', "ranking"),
    ],
)
def test_what_submissions_rely_on_changes_only_on_purpose(deploy, edit, old, new, field) -> None:
    deploy()
    edit(old, new)
    with pytest.raises(Conflict, match=field) as refused:
        deploy(in_use=("main",))
    assert refused.value.code == "breaking-change"
    assert [c.what for c in deploy(in_use=("main",), allow_breaking=True).changes][-1].endswith(
        field
    )


def test_what_nothing_relies_on_yet_may_change(deploy, edit: Edit) -> None:
    deploy()
    edit('params = { average = "macro" }', 'params = { average = "micro" }')
    assert deploy().changes == [
        Change(ChangeKind.CHANGED, "params", '{"average": "macro"}', '{"average": "micro"}')
    ]


def test_a_revealed_phase_takes_no_submissions_again(deploy, session, wines: Path) -> None:
    phase = deploy().phases[0]
    phase.revealed_at = NOW
    session.add(phase)
    session.commit()
    file = wines / "challenge.toml"
    old = f"{phase.ends:%Y-%m-%dT%H:%M:%SZ}"
    file.write_text(file.read_text("utf-8").replace(old, "2027-03-01T00:00:00Z"), "utf-8")
    with pytest.raises(Conflict, match="revealed"):
        deploy()


def test_an_organiser_is_added_once_and_never_taken_away(deploy, session, cast) -> None:
    deploy(organisers=["Olga@TUM.example"])
    result = deploy()
    rows = session.exec(
        select(Organiser.account_id).where(Organiser.challenge_id == result.challenge.id)
    ).all()
    assert rows == [cast.olga.id]


def test_an_organiser_without_an_account_is_refused_with_the_remedy(deploy, session) -> None:
    with pytest.raises(Invalid, match="varsity account create nobody"):
        deploy(organisers=["nobody@x.example"])
    assert session.exec(select(Challenge).where(Challenge.slug == "wines")).first() is None


def test_the_log_names_what_changed_and_no_address(deploy, session, cast) -> None:
    deploy(organisers=["olga@tum.example"])
    events = session.exec(select(Event).order_by(Event.id)).all()
    assert {event.kind for event in events} == {"challenge.created", "organiser.added"}
    assert "olga" not in repr([event.data for event in events])


def test_joining_twice_is_joining_once(session, cast) -> None:
    digits = session.get(Challenge, cast.digits.id)
    for _ in range(2):
        join(session, challenge=digits, account_id=cast.amina.id, now=NOW)
        session.commit()
    joined = session.exec(
        select(Participation).where(Participation.account_id == cast.amina.id)
    ).all()
    assert len(joined) == 1
    assert [e.kind for e in session.exec(select(Event))] == ["challenge.joined"]


def test_joining_keeps_which_rules_were_accepted(deploy, wines: Path, session, cast) -> None:
    challenge = deploy().challenge
    accepted = join(session, challenge=challenge, account_id=cast.amina.id, now=NOW).rules_sha256
    session.commit()
    assert accepted == sha256((wines / "rules.md").read_bytes()).hexdigest()
    (wines / "rules.md").write_text("# Rules\n\nBe kind.\n", "utf-8")
    deploy()
    again = join(session, challenge=challenge, account_id=cast.amina.id, now=NOW)
    session.commit()
    assert again.rules_sha256 != accepted
    assert [e.kind for e in session.exec(select(Event).order_by(Event.id))][-1] == "rules.accepted"
