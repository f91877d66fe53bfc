"""What a draft changes is told in the words of the steps, its times in the draft's zone."""

import pytest

from server.drafts.differences import shown_changes
from server.drafts.diffs import MOST_LINES, text_diff, with_diffs
from server.drafts.rules import Step


@pytest.fixture(autouse=True)
def request_of_a_reader(app):
    with app.test_request_context("/"):
        yield


def change(what: str, before: str = "", after: str = "", kind: str = "changed") -> dict[str, str]:
    return {"kind": kind, "what": what, "before": before, "after": after}


def told(*changes, zone="Europe/Berlin") -> list[tuple[str, ...]]:
    return [
        (s.step.value, s.thing, s.field, s.before, s.after) for s in shown_changes(changes, zone)
    ]


def test_fields_have_the_names_and_the_values_of_their_forms():
    assert told(
        change("visibility", "public", "invited"),
        change("personal_data", "none", "false"),
        change("max_bytes", "20000000", "5000000"),
        change("same_university", "true", "false"),
        change("labels", "none", '["a", "b"]'),
        change("params", "{}", '{"average": "macro"}'),
        change("phase a ranking", "best", "latest"),
    ) == [
        (
            "about",
            "",
            "Who sees it",
            "Everybody: it stands in the list of challenges",
            "Invited addresses only",
        ),
        (
            "about",
            "",
            "Does the data tell of people?",
            "–",
            "No, nothing in it can be traced to a person",
        ),
        ("data", "", "Most megabytes of a submission", "20 MB", "5 MB"),
        ("data", "", "Labels that a prediction may take", "–", "a, b"),
        ("metric", "", "Parameters of the metric", "–", "average: macro"),
        (
            "phases",
            "Phase a",
            "Which submission of a team counts",
            "The best public score; at the reveal that submission's private one counts",
            "The latest, whatever it scores",
        ),
        ("teams", "", "All members of a team belong to the same university", "yes", "no"),
    ]


def test_times_stand_in_the_zone_of_the_draft_which_is_named():
    moved = change("phase a ends", "2026-12-31T22:59:59Z", "2027-07-01T10:00:00Z")
    assert told(moved) == [
        (
            "phases",
            "Phase a",
            "Ends",
            "2026-12-31 23:59:59 (Europe/Berlin)",
            "2027-07-01 12:00 (Europe/Berlin)",
        )
    ]
    kept = change(
        "phase a ends",
        "2026-12-31T23:00:00Z, extended by hand",
        "the folder says 2026-12-30T23:00:00Z",
        kind="kept",
    )
    assert told(kept)[0][3:] == (
        "2027-01-01 00:00 (Europe/Berlin), extended by hand",
        "2026-12-31 00:00 (Europe/Berlin) in the draft",
    )


def test_a_replaced_file_is_told_once_whatever_its_name():
    assert told(
        change("file my train size.csv sha256", "0" * 64, "1" * 64),
        change("file my train size.csv size", "10", "11"),
        change("file test.csv position", "1", "2"),
        change("image plot.png", kind="removed"),
    ) == [
        ("pages", "plot.png", "", "", ""),
        ("data", "my train size.csv", "The file itself", "as it is now", "another"),
        ("data", "test.csv", "Place in the order", "2", "3"),
    ]


def test_a_solution_says_its_rows_and_a_baseline_its_phase():
    scored = "evaluation 2: accuracy, 1,018 public and 42 private rows"
    assert told(
        change("solution of phase a", "evaluation 1", scored),
        change("baseline of old of phase a", kind="added"),
        change("page rules", kind="added"),
    ) == [
        (
            "solution",
            "Phase a",
            "Solution, split or metric",
            "as it is scored now",
            "1,018 public and 42 private rows, scored by accuracy",
        ),
        ("rules", "Tab “rules”", "", "", ""),
        ("baselines", "of old, of phase a", "", "", ""),
    ]


def test_a_baseline_with_other_predictions_says_that_its_file_is_another():
    assert told(change("baseline logistic regression of phase b")) == [
        (
            "baselines",
            "logistic regression, of phase b",
            "The file itself",
            "as it is now",
            "another",
        )
    ]


def test_what_nobody_foresaw_is_shown_as_it_is():
    assert told(change("a thing of tomorrow", "x", "y")) == [
        ("check", "a thing of tomorrow", "", "x", "y")
    ]


def test_a_long_text_is_shown_by_its_changed_lines():
    before = "\n".join(f"line {i}" for i in range(20))
    after = before.replace("line 10", "line ten")
    assert text_diff(before, after) == [
        ["gap", ""],
        ["same", "line 9"],
        ["removed", "line 10"],
        ["added", "line ten"],
        ["same", "line 11"],
    ]
    anew = text_diff("", "\n".join("x" * 1000 for _ in range(100)))
    assert len(anew) == MOST_LINES + 1
    assert anew[-1] == ["gap", ""]
    assert max(len(text) for _what, text in anew) < 300
    page = change("page overview markdown", "1 lines (abc)", "2 lines (def)")
    kept = with_diffs([page, change("title")], {page["what"]: "a"}, {page["what"]: "a\nb"})
    assert shown_changes(kept, "UTC")[1].diff == [["gap", ""], ["same", "a"], ["added", "b"]]
    assert [shown.step for shown in shown_changes(kept, "UTC")] == [Step.ABOUT, Step.PAGES]
