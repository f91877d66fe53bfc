"""The terminal speaks the reader's language; programs read what they always read."""

import subprocess
import sys

import pytest

from scorers.errors import listing
from scorers.sentences import sentence
from server.accounts.tokens import create_token
from server.cli import words
from server.cli.words import _, asked_language, told
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.cast import NOON

CATALOGUE = r"""
msgid ""
msgstr "Language: zh\n"

#: somewhere
#, python-format
msgid ""
"The \"first\" of %(count)s\n"
"lines"
msgstr ""
"%(count)s 行中的“第一”\n"
"行"

msgid "line %(line)s"
msgstr "第 %(line)s 行"

msgid "%(first)s, %(second)s"
msgstr "%(first)s、%(second)s"

msgid "%(where)s: wrong"
msgstr "%(where)s：有误"
"""


@pytest.fixture(autouse=True)
def no_locale(monkeypatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def in_chinese(monkeypatch, tmp_path) -> None:
    """A reader of Chinese, and a catalogue of a few messages."""
    place = tmp_path / "translations" / "zh" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "messages.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path / "translations")
    words._catalogue.cache_clear()
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    yield
    words._catalogue.cache_clear()


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "POSIX", "LANGUAGE": "zh"}, ""),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "de_DE@euro", "LC_MESSAGES": "zh_TW.Big5"}, "zh-TW"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en-US"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh-CN"),
        ({"LANG": "zh_CN\r\nCookie: a"}, ""),
    ],
)
def test_the_language_is_that_of_the_locale(settings, language, monkeypatch) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert asked_language() == language


def test_a_message_of_several_lines_is_found_in_the_catalogue(in_chinese) -> None:
    assert _('The "first" of %(count)s\nlines', count=3) == "3 行中的“第一”\n行"


def test_what_the_catalogue_does_not_have_is_said_in_english(in_chinese, monkeypatch) -> None:
    assert _("Not there: %(name)s", name="x") == "Not there: x"
    monkeypatch.setenv("LANG", "xx_YY.UTF-8")
    assert _("line %(line)s", line=4) == "line 4"


def test_a_sentence_of_the_scorers_is_told_with_what_stands_in_it(in_chinese) -> None:
    where = sentence("line %(line)s", line=4)
    assert told(sentence("%(where)s: wrong", where=where)) == "第 4 行：有误"
    assert told("as it is") == "as it is"


@pytest.fixture
def wei(session, cast, url, varsity, monkeypatch):
    """Wei's terminal; the team's only submission was rejected."""
    fault = {"code": "missing_id", "message": "The id “d7” is missing.", "line": None}
    said = {"text": fault["message"], "message": "The id “%(value)s” is missing."}
    row = Submission(
        challenge_id=cast.digits.id,
        phase_id=cast.phase_a.id,
        team_id=cast.pandas.id,
        account_id=cast.wei.id,
        state=SubmissionState.REJECTED,
        filename="mine.csv",
        size=3,
        sha256="0" * 64,
        received_at=NOON,
        message=fault["message"],
        faults=[fault | {"said": said | {"values": {"value": "d7"}, "codes": []}}],
        fault_count=1,
    )
    session.add(row)
    _token, plain = create_token(session, account_id=cast.wei.id, name="tests", now=NOON)
    session.commit()
    monkeypatch.setenv("VARSITY_URL", url)
    monkeypatch.setenv("VARSITY_TOKEN", plain)
    return varsity


def test_names_that_are_listed_are_told(in_chinese, monkeypatch) -> None:
    assert told(listing("ab")) == "“a”、“b”"
    monkeypatch.setenv("LANG", "C")
    assert told(listing("ab")) == "“a”, “b”"


def test_the_server_is_asked_in_the_readers_language(varsity, url, cast, monkeypatch) -> None:
    refused = ("login", url, "--email", cast.lena.email, "--password", "wrong horse")
    english = varsity(*refused).stderr
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = varsity(*refused)
    assert chinese.exit_code == 1
    assert "The e-mail address or the password" in english
    assert "密码" in chinese.stderr


def test_json_is_the_same_in_every_language_but_for_sentences(wei, monkeypatch) -> None:
    english = wei.json("submissions", "digits")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = wei.json("submissions", "digits")
    assert english[0].pop("message") == "The id “d7” is missing."
    assert "d7" in (said := chinese[0].pop("message"))
    assert "missing" not in said
    assert chinese == english


def test_chinese_costs_the_start_no_library() -> None:
    code = (
        "import sys\nfrom server.cli.words import _\n_('Score')\n"
        "print(*(m.split('.')[0] for m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"LANG": "zh_CN.UTF-8"},
    )
    assert {"babel", "flask", "rich", "click"} & set(done.stdout.split()) == set()
