"""The pure parts of drafts: who may create, steps and notes, times in zones, places of faults."""

import pytest

from server.drafts.documents import new_definition, new_pages, whole_definition
from server.drafts.editing import split_typed, write_split, write_teams
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.places import step_of_fault
from server.drafts.progress import Mark, steps_of
from server.drafts.rules import Creators, FileKind, Step, may_create
from server.drafts.timeline import timeline_of
from server.drafts.zones import USUAL, known_zones, local_text, read_zone, to_utc
from server.shared.errors import Invalid
from tests.cast import NOON


@pytest.mark.parametrize(
    ("creators", "people"),
    [
        (Creators.ADMINISTRATORS, {"admin"}),
        (Creators.MANAGERS, {"admin", "manager"}),
        (Creators.CONFIRMED, {"admin", "manager", "student"}),
    ],
)
def test_who_may_create_challenges(creators, people):
    asked = {
        "admin": {"is_admin": True, "confirmed": True, "manages_any": False},
        "manager": {"is_admin": False, "confirmed": True, "manages_any": True},
        "student": {"is_admin": False, "confirmed": True, "manages_any": False},
        "newcomer": {"is_admin": False, "confirmed": False, "manages_any": False},
        "manager unconfirmed": {"is_admin": False, "confirmed": False, "manages_any": True},
    }
    assert {who for who, facts in asked.items() if may_create(creators=creators, **facts)} == people


def draft(**values) -> ChallengeDraft:
    made = {"definition": new_definition("Petals", now=NOON), "pages": new_pages()}
    return ChallengeDraft(id=1, slug="petals", owner_id=1, **{**made, **values})


def marks(of: ChallengeDraft, files=(), *, taken=False) -> dict[str, str]:
    return {view.step: view.mark for view in steps_of(of, files, None, taken=taken)}


def test_a_new_draft_has_its_steps_before_it():
    found = marks(draft())
    assert found[Step.PHASES] is Mark.DONE
    assert found[Step.RULES] is Mark.OPTIONAL
    for step in (Step.PAGES, Step.DATA, Step.METRIC, Step.SOLUTION, Step.CHECK):
        assert found[step] is Mark.TODO
    assert marks(draft(), taken=True)[Step.ABOUT] is Mark.FAULT


def test_phases_in_the_wrong_order_are_a_fault():
    made = draft()
    made.definition["phases"][0]["ends"] = "2026-01-01T00:00:00Z"
    assert marks(made)[Step.PHASES] is Mark.FAULT
    made.definition["phases"] = []
    assert marks(made)[Step.PHASES] is Mark.TODO


def test_a_definition_is_made_whole_by_its_files():
    made = draft(pages={"overview": "Hello", "data": "", "rules": ""})
    files = [
        DraftFile(id=1, kind=FileKind.DATA, name="train.csv", description="to learn from"),
        DraftFile(id=2, kind=FileKind.SOLUTION, name="A.CSV.GZ", phase="final"),
        DraftFile(id=3, kind=FileKind.BASELINE, name="b", title="A rule", phase="final"),
    ]
    whole = whole_definition(made.definition, made.pages, files)
    assert whole["pages"] == ["overview"]
    assert whole["phases"][0]["solution"] == "private/solution_final.csv.gz"
    assert whole["baselines"][0]["file"] == "private/baseline_a-rule_3.csv"
    assert whole["files"] == [{"name": "train.csv", "description": "to learn from"}]


def test_times_are_written_in_a_zone_and_kept_in_utc():
    assert to_utc("2026-07-01T10:00", "Europe/Berlin").isoformat() == "2026-07-01T08:00:00+00:00"
    assert local_text("2026-12-01T08:00:00Z", "Asia/Shanghai") == "2026-12-01T16:00"
    # A deadline at the last second of a day stays one, however often its form is saved.
    assert local_text("2026-12-31T22:59:59Z", "Europe/Berlin") == "2026-12-31T23:59:59"
    assert local_text("", "UTC") == ""
    # Of the hour that comes twice the first is meant.
    assert to_utc("2026-10-25T02:30", "Europe/Berlin").isoformat() == "2026-10-25T00:30:00+00:00"
    assert set(USUAL) <= known_zones()


@pytest.mark.parametrize("text", ["2026-03-29T02:30", "tomorrow", ""])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(Invalid):
        to_utc(text, "Europe/Berlin")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd", "x" * 300])
def test_a_zone_that_is_none_is_refused(name):
    with pytest.raises(Invalid):
        read_zone(name)


def test_a_split_is_written_as_the_definition_has_it():
    made = draft()
    typed = {"by": "group", "public_percent": 25.0, "column": "patient", "public": ""}
    write_split(made, "final", typed)
    phase = made.definition["phases"][0]
    assert phase["split"] == {"by": "group", "column": "patient"}
    assert phase["public_fraction"] == 0.25
    assert split_typed(phase)["public_percent"] == 25
    write_split(made, "final", typed | {"by": "column", "public": "north, south"})
    phase = made.definition["phases"][0]
    assert phase["split"] == {"by": "column", "column": "patient", "public": ["north", "south"]}
    assert "public_fraction" not in phase
    write_split(made, "final", typed | {"by": "usage"})
    assert split_typed(made.definition["phases"][0])["by"] == "usage"


def test_registration_and_teams_are_written_together():
    made = draft()
    typed = {
        "max_size": 3,
        "same_university": False,
        "join": "open",
        "lock_at": "",
        "registration": "approval",
        "ask": "Why?\nWhere?",
    }
    write_teams(made, typed)
    assert made.definition["registration"] == {"mode": "approval", "ask": ["Why?", "Where?"]}
    assert made.definition["teams"]["same_university"] is False
    with pytest.raises(Invalid):
        write_teams(made, typed | {"ask": "\n".join(map(str, range(11)))})


@pytest.mark.parametrize(
    ("file", "key", "step"),
    [
        ("challenge.toml", "phases[0].ends", Step.PHASES),
        ("challenge.toml", "phases[1].split.column", Step.SOLUTION),
        ("challenge.toml", "submission.sample", Step.DATA),
        ("challenge.toml", "scoring.params", Step.METRIC),
        ("challenge.toml", "title", Step.ABOUT),
        ("data/solution.csv", None, Step.DATA),
        ("private/solution_a.csv", None, Step.SOLUTION),
        ("rules.md", None, Step.RULES),
        ("overview.md", None, Step.PAGES),
    ],
)
def test_each_fault_belongs_to_a_step(file, key, step):
    assert step_of_fault(file, key) is step


def test_phases_are_drawn_to_scale():
    phases = [
        {"slug": "a", "starts": "2026-11-01T00:00:00Z", "ends": "2026-11-11T00:00:00Z"},
        {"slug": "b", "starts": "2026-11-11T00:00:00Z", "ends": "2026-12-01T00:00:00Z"},
        {"slug": "c", "starts": "", "ends": ""},
    ]
    drawn = timeline_of({"phases": phases}, now=NOON)
    assert [(bar.left, bar.width) for bar in drawn.bars] == [(0, 333), (333, 667)]
    assert drawn.now is not None
    assert 333 < drawn.now < 1000
