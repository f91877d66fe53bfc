"""Sentences of scorers and of folders, in the reader's language."""

import pytest

from scorers.errors import Fault, InvalidSolution, listing
from scorers.sentences import AND_NEXT, Sentence, as_written, sentence
from server.shared import sentences
from server.shared.fault_words import WORDS
from server.shared.language import speaking
from server.shared.sentences import told, translated

SAID = {
    "%(file)s has no column %(column)s.": "%(file)s 没有 %(column)s 列。",
    "the second": "第二个",
    "%(listed)s and %(more)s more": "%(listed)s 等另外 %(more)s 个",
    AND_NEXT: "%(first)s、%(second)s",
    sentences.IN_DETAIL: "%(words)s 英文原文:%(detail)s",
    WORDS["missing_id"]: "缺少一个编号。",
}


class Catalogue:
    def ugettext(self, message: str) -> str:
        return SAID.get(message, message)


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch):
    for module in ("sentences", "fault_words"):
        monkeypatch.setattr(f"server.shared.{module}.catalogue_of", lambda _: Catalogue())
    with speaking("zh"):
        yield


def lacking() -> Sentence:
    return sentence(
        "%(file)s has no column %(column)s.", file="a.csv", column=sentence("the second")
    )


@pytest.mark.usefixtures("chinese")
def test_a_sentence_and_the_sentences_in_it_are_translated() -> None:
    assert translated(lacking()) == "a.csv 没有 第二个 列。"
    assert told(lacking().to_json()) == "a.csv 没有 第二个 列。"


@pytest.mark.usefixtures("chinese")
def test_names_that_are_listed_stand_apart_as_the_language_has_it() -> None:
    assert str(listing("abc")) == "“a”, “b”, “c”"
    assert told(listing("abc").to_json()) == "“a”、“b”、“c”"
    assert translated(listing("abcd", 3)) == "“a”、“b”、“c” 等另外 1 个"
    assert translated(listing("a")) == "“a”"
    assert translated(listing("")) == ""


@pytest.mark.usefixtures("chinese")
def test_what_nobody_translated_and_what_has_no_message_stay_as_they_are() -> None:
    assert translated(sentence("100 %% of %(what)s", what="it")) == "100 % of it"
    assert translated(as_written("50 % done")) == "50 % done"
    assert told("the text of an older check") == "the text of an older check"


@pytest.mark.usefixtures("chinese")
def test_of_a_file_the_kinds_of_faults_are_told_once_each_with_the_details_in_english() -> None:
    faults = [Fault("missing_id", f"There is no row for “{n}”.") for n in (7, 8)]
    said = translated(InvalidSolution(faults).said)
    assert said == ("缺少一个编号。 英文原文:There is no row for “7”.\nThere is no row for “8”.")


def test_in_english_a_sentence_is_its_text() -> None:
    with speaking("en"):
        assert translated(lacking()) == "a.csv has no column the second."
        assert translated(InvalidSolution([Fault("empty", "A cell.")]).said) == "A cell."
