"""Transcripts: jiwer's corpus rates and rapidfuzz's distances."""

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from scorers import EvaluationSpec, InvalidPredictions, evaluate_file, get_scorer

texts = st.text(alphabet="abC ,.—二", max_size=12)
pairs = st.lists(st.tuples(texts, texts), min_size=1, max_size=8)


@pytest.mark.parametrize(("name", "function"), [("wer", jiwer.wer), ("cer", jiwer.cer)])
@settings(max_examples=100, deadline=None)
@given(pairs=pairs)
def test_the_value_is_jiwers_and_so_is_that_of_the_sums(name, function, pairs):
    truth, heard = ([pair[i] for pair in pairs] for i in (0, 1))
    expected = function(truth, heard)
    scorer = get_scorer(name)
    assert scorer.score(truth, heard) == expected
    assert scorer.terms(truth, heard).value() == pytest.approx(expected, rel=1e-9)


def test_case_and_punctuation_may_be_left_out():
    truth, heard = ["Hello, World!"], ["hello world"]
    assert get_scorer("wer").score(truth, heard) == 1.0
    assert get_scorer("wer", lowercase=True).score(truth, heard) == 1.0
    assert get_scorer("wer", remove_punctuation=True).score(truth, heard) == 1.0
    cleaned = {"lowercase": True, "remove_punctuation": True}
    assert get_scorer("wer", **cleaned).score(truth, heard) == 0.0
    assert get_scorer("cer", **cleaned).score(truth, heard) == 0.0


def _slow_distance(a: str, b: str) -> int:
    """Wagner and Fischer's table, row by row."""
    above = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        row = [i]
        for j, right in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
        above = row
    return above[-1]


@settings(max_examples=100, deadline=None)
@given(pairs=pairs)
def test_the_edit_distance_is_levenshteins(pairs):
    truth, given_ = ([pair[i] for pair in pairs] for i in (0, 1))
    plain, shares = get_scorer("edit_distance"), get_scorer("edit_distance", normalize=True)
    slow = [_slow_distance(a, b) for a, b in pairs]
    assert plain.score(truth, given_) == pytest.approx(np.mean(slow), rel=1e-12)
    assert plain.terms(truth, given_).value() == pytest.approx(np.mean(slow), rel=1e-9)
    library = np.mean([Levenshtein.normalized_distance(a, b) for a, b in pairs])
    assert shares.score(truth, given_) == pytest.approx(library, rel=1e-6)


def test_long_texts_keep_their_distance_to_the_last_digit():
    truth, given_ = "ab" * 4000, "ab" * 3999 + "ba"
    found = get_scorer("edit_distance", normalize=True).score([truth], [given_])
    assert found == Levenshtein.normalized_distance(truth, given_)


def test_transcripts_are_scored_from_a_file(tmp_path):
    (tmp_path / "s.csv").write_text("clip,text\n1,one two three\n2,four\n")
    (tmp_path / "p.csv").write_text("clip,text\n2,\n1,one too three\n")
    spec = EvaluationSpec(
        scorer="wer", header=("clip", "text"), id_columns=("clip",), also=("cer", "edit_distance")
    )
    board = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public
    assert board.value == 0.5
    assert board.also == {"cer": pytest.approx(5 / 17), "edit_distance": 2.5}
    (tmp_path / "q.csv").write_text("clip,text\n1,x\n")
    with pytest.raises(InvalidPredictions, match="“2”"):
        evaluate_file(tmp_path / "q.csv", tmp_path / "s.csv", spec)
