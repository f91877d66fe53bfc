"""A draft is checked as `varsity check` checks a folder, to the last line."""

import json
from types import SimpleNamespace

import pytest

from scorers.errors import Fault, InvalidPredictions
from scorers.sentences import sentence
from server.drafts.looking import FaultFound, check_in_child
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.rules import FileKind, Step
from server.drafts.telling import faults_shown, names_of, place_of, remedy_of, said_in
from server.folders.faults import FolderFault
from server.folders.outcomes import would_reject
from server.folders.scaffold import new_challenge
from server.preflight.report import Fix, Level, Line, Place
from server.shared import sentences
from server.shared.language import speaking
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
    assert place_of(wrong, NAMES) == "train.csv, line 7, column “id”"


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


CHINESE = {
    "%(file)s lies in data/: participants would download it.": "%(file)s 在 data/ 里。",
    "Phase %(phase)s would reject %(what)s: %(error)s": "阶段 %(phase)s 不接受%(what)s:%(error)s",
    "the baseline “%(name)s”": "基线“%(name)s”",
}


@pytest.fixture
def in_chinese(app, monkeypatch):
    """The reader's language is Chinese, of which only these messages are known."""
    catalogue = SimpleNamespace(ugettext=lambda message: CHINESE.get(message, message))
    monkeypatch.setattr(sentences, "catalogue_of", lambda _: catalogue)
    with app.test_request_context("/"), speaking("zh"):
        yield


@pytest.mark.usefixtures("in_chinese")
def test_mistakes_of_a_folder_are_told_in_the_readers_language():
    said = sentence(
        "%(file)s lies in data/: participants would download it.", file="private/solution_final.csv"
    )
    found = FaultFound.of(FolderFault("challenge.toml", 3, None, said, sentence("Correct it.")))
    kept = json.loads(found.model_dump_json())
    (shown,) = faults_shown([kept], NAMES)
    assert (shown.message, shown.remedy) == ("answers.csv 在 data/ 里。", "Correct it.")
    del kept["sentences"]
    (of_before,) = faults_shown([kept], NAMES)
    assert of_before.message == "answers.csv lies in data/: participants would download it."


@pytest.mark.usefixtures("in_chinese")
def test_findings_of_the_try_out_are_told_in_the_readers_language():
    said = would_reject(
        "final",
        sentence("the baseline “%(name)s”", name="coin"),
        InvalidPredictions([Fault("format", "It is a picture.")]),
    )
    line = Line(Level.ERROR, "baseline", Fix.BASELINES, said, remedy=sentence("Correct it."))
    again = Line.from_dict(json.loads(json.dumps(line.to_dict())))
    told = said_in(again, again.said)
    assert told.startswith("阶段 final 不接受基线“coin”:")
    assert "It is a picture." in told
    assert line.to_dict()["message"].startswith("Phase final would reject the baseline")
