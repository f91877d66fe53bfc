"""The paper: one page whatever the names are, and never a box for a letter."""

import json
import re
from datetime import datetime

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.certificates import paper
from server.certificates.checking import attached_data
from server.certificates.paper import certificate_pdf, fingerprint
from server.certificates.schemas import (
    CertificateFacts,
    CertifiedChallenge,
    CertifiedLevel,
    CertifiedTeam,
    CertifiedUniversity,
    Holder,
    LevelResult,
    Participation,
    Placement,
    SignedCertificate,
)
from server.certificates.signing import Pen
from server.cli.main import cli
from server.receipts.checking import read_keys
from server.receipts.keys import key_id
from server.shared.fonts import MISSING, legible
from tests.cast import NOON
from tests.receipts.test_checking import KEY, listed

PEN = Pen(KEY, "https://varsity.example")
PLACE = Placement(
    phase="B board",
    rank=3,
    rank_range=(2, 7),
    teams=48,
    medal="gold",
    score=0.9734,
    interval=(0.96, 0.98),
    metric="Accuracy",
    evaluation=1,
)
LEVEL = CertifiedLevel(
    standard="ml",
    title="Machine learning",
    level="advanced",
    results=[
        LevelResult(
            challenge="digits",
            title="Digits " * 20,
            phase="B " * 60,
            rank=1,
            teams=9,
            score=1234.5,
            interval=None,
            evaluation=1,
        )
    ]
    * 30,
)


def signed(name="Lena Vogt", *, named="Isar Surfers", pen=PEN, **more) -> SignedCertificate:
    values = {
        "kind": "placement",
        "placement": PLACE,
        "level": None,
        "challenge": CertifiedChallenge(slug="digits", title="Handwritten digits " * 10),
        "team": CertifiedTeam(id=7, name=named, members=2, advisers=["Olga Petrova"] * 5),
    }
    facts = CertificateFacts(
        holder=Holder(account=1, name=name),
        issued_by="A faculty with a name that goes on " * 5,
        university=CertifiedUniversity(slug="x", name="Munich " * 28, native_name="清华大学"),
        participation=Participation(submissions=1),
        **values | more,
    )
    return pen.sign(facts, now=NOON)


@pytest.fixture
def printed(monkeypatch) -> list[str]:
    """What is written onto a paper, cell by cell."""
    said: list[str] = []
    for name in ("cell", "multi_cell"):
        original = getattr(paper.Paper, name)

        def noting(self, wide, height, text, *rest, original=original, **named):
            said.append(text)
            return original(self, wide, height, text, *rest, **named)

        monkeypatch.setattr(paper.Paper, name, noting)
    return said


LONGEST = "Wolfeschlegelsteinhausenbergerdorff " * 3 + "von und zu"


@pytest.mark.parametrize(
    "made",
    [
        signed(LONGEST, named="x" * 80),
        signed("王伟", kind="level", placement=None, level=LEVEL, challenge=None, team=None),
    ],
    ids=["a long name", "a level with many results"],
)
def test_it_is_one_page_whatever_stands_on_it(made, printed):
    data = certificate_pdf(made)
    assert len(re.findall(rb"/Type /Page\b(?!s)", data)) == 1
    assert json.loads(attached_data(data)) == made.model_dump(mode="json")
    said = " ".join(printed)
    assert MISSING not in said
    assert made.certificate.code in said
    assert fingerprint(made) in said


def test_a_name_without_letters_is_said_to_be_elsewhere_and_never_boxes(printed):
    certificate_pdf(signed("ሰላም አለሙ", named="ቡድን"))
    said = " ".join(printed)
    assert MISSING not in said
    assert "the person named on the page behind this code" in said
    assert "“#7”" in said


def test_a_picture_in_a_name_is_left_out_and_a_letter_never():
    assert legible("Rockets 🚀🚀 of Łódź") == "Rockets of Łódź"
    assert legible("🚀") is None
    assert legible("서울") == "서울"
    assert legible("שלום") == "שלום"
    assert legible("ሰላም") is None


def saved(folder, content, name):
    path = folder / name
    path.write_bytes(content)
    return str(path)


def test_the_command_says_what_a_paper_confirms_without_a_network(tmp_path):
    keys = saved(tmp_path, listed(KEY), "keys.json")
    data = certificate_pdf(signed())
    file = saved(tmp_path, data, "paper.pdf")
    run = CliRunner().invoke(cli, ["certificate", "verify", file, "--keys", keys])
    assert run.exit_code == 0, run.output
    assert "Confirmed: https://varsity.example signed this" in run.output
    assert "rank        3 of 48 (95 % range 2 to 7)" in run.output
    forged = saved(tmp_path, data.replace(b'"rank": 3', b'"rank": 1'), "forged.pdf")
    run = CliRunner().invoke(cli, ["certificate", "verify", forged, "--keys", keys, "--json"])
    assert (run.exit_code, json.loads(run.stdout)["ok"]) == (1, False)


def test_whoever_checks_a_paper_is_told_to_compare_what_is_printed(tmp_path):
    keys = saved(tmp_path, listed(KEY), "keys.json")
    made = signed()
    page_changed = certificate_pdf(made).replace(b"\nendobj", b" \nendobj", 1)
    for content, name, told in (
        (page_changed, "paper.pdf", True),
        (made.model_dump_json().encode(), "data.json", False),
    ):
        file = saved(tmp_path, content, name)
        run = CliRunner().invoke(cli, ["certificate", "verify", file, "--keys", keys])
        assert run.exit_code == 0, run.output
        assert ("What is printed on the paper is not signed" in run.output) is told
        assert "interval    0." in run.output
        assert "medal       " in run.output


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ({"state": "valid"}, 0, "Its server says that it stands."),
        (
            {"state": "revoked", "ended_at": "2026-12-01T08:00:00Z", "reason_words": "A mistake"},
            1,
            "stands no more. It was revoked on 2026-12-01T08:00:00Z: A mistake.",
        ),
        (
            {"state": "superseded", "ended_at": "2026-12-01T08:00:00Z", "replaced_by": "AB-CD"},
            1,
            "It was superseded on 2026-12-01T08:00:00Z. AB-CD took its place.",
        ),
    ],
)
def test_the_server_is_asked_whether_a_certificate_stands(tmp_path, monkeypatch, said, code, words):
    asked = []

    def get(_remote, path):
        asked.append(path)
        return {"ended_at": None, "reason_words": "", "replaced_by": None} | said

    monkeypatch.setattr("server.cli.certificates.server_keys", lambda *_: read_keys(listed(KEY)))
    monkeypatch.setattr("server.cli.remote.Remote.get", get)
    made = signed()
    file = saved(tmp_path, certificate_pdf(made), "paper.pdf")
    run = CliRunner().invoke(cli, ["certificate", "verify", file, "--url", "https://v.example"])
    assert (run.exit_code, asked) == (code, [f"/certificates/{made.certificate.code}"])
    assert words in run.output


def test_a_rank_without_a_range_has_none_and_one_is_not_many(tmp_path, printed):
    alone = PLACE.model_copy(update={"rank": 1, "teams": 1, "rank_range": None})
    made = signed(placement=alone, team=CertifiedTeam(id=7, name="Solo", members=1, advisers=[]))
    file = saved(tmp_path, certificate_pdf(made), "paper.pdf")
    assert any("reached rank 1 of 1 team in" in text for text in printed)
    keys = saved(tmp_path, listed(KEY), "keys.json")
    said = CliRunner().invoke(cli, ["certificate", "verify", file, "--keys", keys]).output
    assert "rank        1 of 1\n" in said
    assert "“Solo”, 1 member\n" in said


def test_a_certificate_by_an_unknown_key_confirms_nothing(tmp_path):
    stranger = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
    made = signed(pen=Pen(stranger, "https://varsity.example"))
    file = saved(tmp_path, made.model_dump_json().encode(), "c.json")
    keys = saved(tmp_path, listed(KEY), "keys.json")
    run = CliRunner().invoke(cli, ["certificate", "verify", file, "--keys", keys])
    assert run.exit_code == 1
    assert key_id(stranger.public_key()) in run.output
    assert datetime.fromisoformat(made.certificate.issued_at) == NOON
