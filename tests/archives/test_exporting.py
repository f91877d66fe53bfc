"""What an archive holds: the folder, the results as tables, and the submitted files if asked."""

import csv
import io
import json
import tracemalloc
import zipfile

import pytest
from sqlmodel import select

from server.archives.streaming import Member, of_text, safe_name, zip_stream
from server.challenges.models import Challenge, ChallengeFile
from server.evaluations.models import Evaluation
from server.shared.storage import FileStore
from server.submissions.models import Submission
from tests.archives.conftest import names_in, text_in
from tests.boards.scored import evaluate, scored
from tests.cast import NOON


def rows_in(archive, name: str) -> list[dict[str, str]]:
    text = text_in(archive, name)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture
def played(session, cast, stores, tmp_path) -> Challenge:
    """Digits with scores of two teams, one of which would like to be a formula."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    pandas, isar = session.merge(cast.pandas), session.merge(cast.isar)
    pandas.name = "=HYPERLINK(1)"
    session.add(pandas)
    scored(session, phase, pandas, 0.9, 0.125, by=cast.wei)
    second = scored(session, phase, isar, 0.8, 0.7, by=cast.lena, comment="+1 for features")
    sent = tmp_path / "sent.csv"
    sent.write_text("id,digit\n1,0\n")
    stores.public_files.put(sent, "ab" * 32)
    second.sha256, second.filename = "ab" * 32, "../../evil name.csv.gz"
    session.add(second)
    session.commit()
    return session.get_one(Challenge, phase.challenge_id)


def test_results_are_tables_that_a_spreadsheet_does_not_run(played, pack):
    archive = pack(played)
    teams = rows_in(archive, "digits/results/teams.csv")
    assert [t["name"] for t in teams] == ["'=HYPERLINK(1)", "Isar Surfers"]
    assert teams[0]["members"] == "王伟; 李梅"
    sent = rows_in(archive, "digits/results/submissions.csv")
    assert [(s["team"], s["private_score"], s["note"]) for s in sent] == [
        ("Isar Surfers", "0.7", "'+1 for features"),
        ("'=HYPERLINK(1)", "0.125", ""),
    ]
    scores = rows_in(archive, "digits/results/scores.csv")
    assert [(s["board"], s["value"]) for s in scores] == [
        ("public", "0.9"),
        ("private", "0.125"),
        ("public", "0.8"),
        ("private", "0.7"),
    ]
    board = rows_in(archive, "digits/results/board-a-private.csv")
    assert [(r["rank"], r["score"]) for r in board] == [("1", "0.7"), ("2", "0.125")]
    evaluations = json.loads(text_in(archive, "digits/results/evaluations.json"))
    assert [(e["phase"], e["number"], e["state"]) for e in evaluations] == [("a", 1, "live")]


def test_no_address_of_a_person_is_in_an_archive(played, pack, cast):
    archive = pack(played, submissions=True)
    addresses = [person.email for person in cast.people.values()]
    for name in names_in(archive) - {"digits/results/submissions/2.csv.gz"}:
        assert not [a for a in addresses if a in text_in(archive, name)], name


def test_submitted_files_are_named_by_their_number_alone(played, pack):
    assert not [n for n in names_in(pack(played)) if "/results/submissions/" in n]
    archive = pack(played, submissions=True)
    sent = [n for n in names_in(archive) if "/results/submissions/" in n]
    assert sent == ["digits/results/submissions/2.csv.gz"]
    assert text_in(archive, sent[0]) == "id,digit\n1,0\n"
    # The other was never stored in this test: that is said, and the archive is whole.
    assert "results/submissions/1.csv" in text_in(archive, "digits/MISSING.txt")


def test_more_rows_than_are_read_at_once_are_all_there(played, pack, session, cast, monkeypatch):
    phase, pandas = session.merge(cast.phase_a), session.merge(cast.pandas)
    for i in range(9):
        scored(session, phase, pandas, 0.1 * i, 0.1, by=cast.wei)
    session.commit()
    monkeypatch.setattr("server.archives.tables.AT_ONCE", 3)
    monkeypatch.setattr("server.archives.results.AT_ONCE", 3)
    monkeypatch.setattr("server.archives.results.SCORED_AT_ONCE", 2)
    archive = pack(played)
    numbers = [int(s["id"]) for s in rows_in(archive, "digits/results/submissions.csv")]
    everything = sorted(session.exec(select(Submission.id)), reverse=True)
    assert numbers == everything
    assert len(rows_in(archive, "digits/results/scores.csv")) == 2 * len(everything)


def test_a_file_that_the_store_has_lost_is_named(played, pack, session):
    session.add(
        ChallengeFile(
            challenge_id=played.id, name="train.csv", sha256="cd" * 32, size=3, position=0
        )
    )
    session.commit()
    archive = pack(played)
    assert "digits/data/train.csv" not in names_in(archive)
    assert "data/train.csv" in text_in(archive, "digits/MISSING.txt")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("data/train.csv", "data/train.csv"),
        ("data/数据 é.csv", "data/数据 é.csv"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("data\\..\\x.csv", "data/x.csv"),
        ("C:/x\0y.csv", "C_/x_y.csv"),
        ("data/... /a\nb", "data/a_b"),
    ],
)
def test_no_name_leads_out_of_the_archive(name, kept):
    assert safe_name(name) == kept


def test_a_name_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no name"):
        safe_name("../..")


def test_an_archive_is_never_whole_in_memory(tmp_path):
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        for i in range(40):
            file.write(bytes([65 + i % 20]) * (1 << 20))
    store = FileStore(str(tmp_path / "files"))
    store.put(big, "ef" * 32)

    def chunks():
        with store.open("ef" * 32) as file:
            while piece := file.read(1 << 20):
                yield piece

    target = tmp_path / "big.zip"
    tracemalloc.start()
    with target.open("wb") as out:
        # A name that is packed already is not packed again: all forty megabytes go through.
        for piece in zip_stream("x", [Member("big.zip", chunks), of_text("a", "b")], now=NOON):
            out.write(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.getinfo("x/big.zip").file_size == 40 << 20


def test_the_text_of_a_metric_file_goes_no_way_that_is_the_browsers(played, pack, session):
    evaluation = session.exec(select(Evaluation)).one()
    evaluation.spec = {**evaluation.spec, "scorer": "metric.py", "code": "SECRET = 1\n"}
    session.add(evaluation)
    session.commit()
    archive = pack(played)
    assert not [n for n in names_in(archive) if "SECRET" in text_in(archive, n)]
    assert "    metric.py\n" in text_in(archive, "digits/README.txt")
    whole = pack(played, code=True)
    assert text_in(whole, "digits/metric.py") == "SECRET = 1\n"
    assert "metric.py" not in text_in(whole, "digits/README.txt")
