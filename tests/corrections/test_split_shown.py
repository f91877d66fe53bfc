"""An evaluation's page says what decided its split."""

import pytest

from tests.cast import sign_in
from tests.corrections.correcting import beside, boards
from tests.scores import SPEC


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ({"by": "group", "column": "writer"}, "by group: rows with the same writer are on one"),
        ({"by": "time", "column": "day"}, "by time: the earliest rows by day are public"),
        (
            {"by": "column", "column": "site", "public": ["<north>", "east"]},
            "by column: rows whose site is &lt;north&gt;, east are public",
        ),
    ],
)
def test_the_split_is_a_fact_of_the_evaluation(app, session, cast, split, said):
    phase, *_ = boards(session, cast)
    made = beside(session, phase, spec={**SPEC, "split": split})
    session.commit()
    page = sign_in(app.test_client(), cast.olga).get(f"/organise/digits/evaluations/{made.id}")
    assert said in page.text


def test_rows_that_stay_are_a_fact_of_the_evaluation(app, session, cast):
    phase, live, _ = boards(session, cast)
    made = beside(session, phase, spec={**SPEC, "sides": "ab" * 32})
    session.commit()
    olga = sign_in(app.test_client(), cast.olga)
    page = olga.get(f"/organise/digits/evaluations/{made.id}").text
    assert "Each stays on its board" in page
    assert "ab" * 32 in page
    assert "Each stays" not in olga.get(f"/organise/digits/evaluations/{live.id}").text
