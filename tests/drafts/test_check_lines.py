"""A draft is checked as `varsity check` checks a folder, to the last line."""

import json

from server.drafts.looking import check_in_child
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.rules import FileKind, Step
from server.drafts.telling import faults_shown, names_of, place_of, remedy_of
from server.folders.scaffold import new_challenge
from server.preflight.report import Fix, Level, Line, Place
from tests.cast import NOON
from tests.drafts.drafting import SOLUTION


def test_a_draft_gets_the_whole_report(tmp_path):
    folder = new_challenge("wines", now=NOON, parent=tmp_path).path
    found = json.loads(check_in_child(str(folder), NOON.isoformat(), 10_000_000))
    lines = [Line.from_dict(line) for line in found["lines"]]
    codes = {line.code for line in lines}
    assert {"detectable", "probing", "shake-up", "split", "order", "leaks", "terms"} <= codes
    assert not found["trace"]


def test_a_mistake_in_the_folder_is_told_by_its_place(tmp_path):
    folder = new_challenge("wines", now=NOON, parent=tmp_path).path
    definition = folder / "challenge.toml"
    definition.write_text(definition.read_text("utf-8").replace("public_fraction", "publik"))
    found = json.loads(check_in_child(str(folder), NOON.isoformat(), 10_000_000))
    (fault,) = found["faults"]
    assert fault["key"] == "phases[0].publik"


NAMES = names_of(
    [
        DraftFile(id=1, kind=FileKind.SOLUTION, name="answers.csv", phase="final"),
        DraftFile(id=2, kind=FileKind.DATA, name="train.csv"),
    ]
)


def fault(key, message, remedy, file="challenge.toml") -> dict:
    return {"file": file, "key": key, "message": message, "remedy": remedy}


def test_mistakes_name_the_step_and_the_field_and_no_path_of_a_folder(app):
    found = [
        fault(
            "phases[0].split.column", 'private/solution_final.csv has no column "x".', "Known: y."
        ),
        fault("submission.max_bytes", "It is too much.", "Write max_bytes = 5, or ask."),
        fault(None, "This is the solution.", "Take the file out of data/.", "data/train.csv"),
    ]
    with app.test_request_context("/"):
        shown = [tuple(one) for one in faults_shown(found, NAMES)]
    assert shown == [
        (Step.DATA, "Most megabytes of a submission", "It is too much.", ""),
        (Step.DATA, "", "This is the solution.", ""),
        (Step.SOLUTION, "What decides", 'answers.csv has no column "x".', "Known: y."),
    ]


def test_lines_give_the_remedy_of_the_browser_and_the_place_of_an_upload(app):
    line = Line(
        Level.WARNING,
        "licence",
        Fix.ABOUT,
        "No licence.",
        remedy="Say so (licence in challenge.toml).",
        where=Place("challenge.toml", 3),
    )
    wrong = Line(Level.ERROR, "x", Fix.DATA, "Wrong.", where=Place("data/train.csv", 7, "id"))
    with app.test_request_context("/"):
        assert "challenge.toml" not in remedy_of(line, NAMES)
        assert remedy_of(wrong, NAMES) == ""
    assert place_of(line, NAMES) == ""
    assert place_of(wrong, NAMES) == "train.csv, line 7, column id"


def test_a_draft_tells_all_its_mistakes_at_once(desk):
    """A phase that ends too early, a solution without a row, a baseline that nobody can read."""
    desk.begin()
    desk.fill()
    desk.upload("/solution/final", ("answers.csv", SOLUTION.replace("7,b\n", "", 1)))
    desk.upload("/baselines", ("b.csv", "id,sort\n1,a\n"), title="coin", phase="final")
    desk.work()
    with desk.database.writing() as session:
        draft = session.get_one(ChallengeDraft, desk.id)
        phases = [{**p, "ends": "2026-01-01T00:00:00Z"} for p in draft.definition["phases"]]
        draft.definition = {**draft.definition, "phases": phases}
        session.add(draft)
        session.commit()
    page = desk.check()
    found = page[page.index("What the check found") :]
    assert "which is not after it starts" in found
    assert "Phases: Ends" in found
    assert "would reject" in found
    assert "coin" in found
    for word in ("private/", "data/", "challenge.toml", "phases[0]"):
        assert word not in found, word
