"""A corrected solution moves no row from one board to the other, by the command line too."""

import re
from pathlib import Path

import polars as pl
import pytest
from sqlmodel import select

from server.deployments.drawing import ANEW, BY_USAGE, KEPT
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import EvaluationState
from server.shared.errors import Conflict
from tests.deployments.deploying import correct, phase_of, send
from tests.evaluations.standing import sides_in


def answers(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "private" / "solution.csv", infer_schema=False)


def rewrite(folder: Path, table: pl.DataFrame) -> None:
    table.write_csv(folder / "private" / "solution.csv")
    sample = folder / "data" / "sample_submission.csv"
    columns = pl.read_csv(sample, infer_schema=False).columns
    table.select(columns).with_columns(pl.lit("class_0").alias(columns[1])).write_csv(sample)
    (folder / "baseline.py").unlink(missing_ok=True)


def without_baselines(folder: Path) -> None:
    """Rows come and go in these tests, and baselines have those that they had."""
    toml = folder / "challenge.toml"
    text = toml.read_text()
    toml.write_text(text[: text.index("[[baselines]]")] if "[[baselines]]" in text else text)


def say_fraction(folder: Path, line: str) -> None:
    toml = folder / "challenge.toml"
    text, said = re.subn(r"(?m)^public_fraction = .*$", line, toml.read_text())
    assert said == 1
    toml.write_text(text)


@pytest.fixture
def running(session, cast, put, wines):
    """Deployed, and a team has submitted."""
    without_baselines(wines)
    put()
    send(session, cast)
    return live_evaluation(session, phase_of(session).id)


def evaluation(session, number: int) -> Evaluation:
    return session.exec(select(Evaluation).where(Evaluation.number == number)).one()


def said_of_rows(changes) -> list[str]:
    return [change.after for change in changes if change.what.startswith("rows of phase")]


def stay(before: dict[str, str], after: dict[str, str]) -> bool:
    both = before.keys() & after.keys()
    return bool(both) and all(before[i] == after[i] for i in both)


def test_a_corrected_label_moves_no_row(session, put, wines, stores, running):
    correct(wines)
    changes = put(new_evaluation=True).changes
    beside = evaluation(session, 2)
    assert sides_in(stores, beside) == sides_in(stores, running)
    assert stores.hidden_files.has(beside.spec["sides"])
    assert not stores.public_files.has(beside.spec["sides"])
    assert said_of_rows(changes) == [KEPT]
    assert "sides" not in running.spec


def test_rows_that_come_and_go_and_come_back_keep_their_boards(
    session, put, wines, stores, running
):
    whole = answers(wines)
    columns = whole.columns
    more = whole.head(9).with_columns(pl.concat_str(pl.lit("9000"), "id").alias("id"))
    known = sides_in(stores, running)
    tables = [
        whole.tail(-12),
        pl.concat([whole.tail(-6), more]).reverse(),
        pl.concat([whole, more]),
    ]
    for number, table in enumerate(tables, start=2):
        rewrite(wines, table.select(columns))
        put(new_evaluation=True)
        now = sides_in(stores, evaluation(session, number))
        assert now.keys() == set(table["id"])
        assert stay(known, now)
        known |= now


def test_rows_that_only_an_older_of_two_undecided_ones_knows_keep_their_boards(
    session, put, wines, stores, running
):
    whole = answers(wines)

    def more(head: str, rows: int) -> pl.DataFrame:
        return whole.head(rows).with_columns(pl.concat_str(pl.lit(head), "id").alias("id"))

    def deployed(number: int, *tables: pl.DataFrame) -> dict[str, str]:
        rewrite(wines, pl.concat([whole, *tables]))
        put(new_evaluation=True)
        return sides_in(stores, evaluation(session, number))

    older = deployed(2, more("9000", 12))
    # Sent in the browser, and looked at after the next.
    evaluation(session, 2).state = EvaluationState.RECEIVED
    session.flush()
    newer = deployed(3, more("8000", 12))
    evaluation(session, 2).state = EvaluationState.SCORING
    session.flush()
    last = deployed(4, more("7000", 20), more("9000", 12), more("8000", 12))
    assert stay(older, last)
    assert stay(newer, last)
    assert stay(sides_in(stores, running), last)


def test_answers_that_are_lost_are_told_and_nothing_is_drawn(session, put, wines, stores, running):
    correct(wines)
    stores.hidden_files.delete(running.solution_sha256)
    with pytest.raises(Conflict, match="The solution of evaluation"):
        put(new_evaluation=True)


def test_the_same_folder_after_its_correction_changes_nothing(session, put, wines, running):
    correct(wines)
    put(new_evaluation=True)
    beside = evaluation(session, 2)
    running.state, beside.state = EvaluationState.PAST, EvaluationState.COMPLETE
    session.add(running)
    session.flush()
    beside.state = EvaluationState.LIVE
    session.add(beside)
    session.commit()
    assert put().changes == []


def test_rows_of_what_was_discarded_may_be_drawn_again(session, put, wines, stores, running):
    whole = answers(wines)
    more = whole.head(9).with_columns(pl.concat_str(pl.lit("9000"), "id").alias("id"))
    rewrite(wines, pl.concat([whole, more]))
    put(new_evaluation=True)
    discarded = evaluation(session, 2)
    discarded.state = EvaluationState.DISCARDED
    session.add(discarded)
    session.commit()
    rewrite(wines, whole)
    correct(wines)
    put(new_evaluation=True)
    table = stores.hidden_files.open(evaluation(session, 3).spec["sides"]).read().decode()
    assert "9000" not in table
    assert sides_in(stores, evaluation(session, 3)) == sides_in(stores, running)


def test_another_fraction_is_the_organisers_word(session, put, wines, stores, running):
    say_fraction(wines, "public_fraction = 0.7")
    changes = put(new_evaluation=True).changes
    beside = evaluation(session, 2)
    assert "sides" not in beside.spec
    assert beside.rows_public > running.rows_public
    assert said_of_rows(changes) == [ANEW]


def test_a_column_usage_is_the_organisers_word(session, put, wines, stores, running):
    say_fraction(wines, "")
    table = answers(wines)
    usage = ["Public" if n % 2 else "Private" for n in range(table.height)]
    rewrite(wines, table.with_columns(pl.Series("Usage", usage)))
    changes = put(new_evaluation=True).changes
    assert list(sides_in(stores, evaluation(session, 2)).values()) == usage
    assert said_of_rows(changes) == [BY_USAGE]
