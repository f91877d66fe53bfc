"""The title that a new edition is offered: another one, by what the title suggests."""

import pytest

from server.organise.titles import ordinal, title_after, year_of


@pytest.mark.parametrize(
    ("title", "after"),
    [
        ("Handwritten digits", "Handwritten digits, 2nd edition"),
        ("Handwritten digits, 2nd edition", "Handwritten digits, 3rd edition"),
        ("The 10th Edition of Wines", "The 11th Edition of Wines"),
        ("Petals 2026", "Petals 2027"),
        ("Petals 2026, finals of 2026", "Petals 2026, finals of 2027"),
        ("Petals, winter 2026/27", "Petals, winter 2027/28"),
        ("Petals 1999/00", "Petals 2000/01"),
        ("Petals 2026–2027", "Petals 2027–2028"),
        ("Petals 2026-11", "Petals 2027-11"),
        ("Season 3 of petals", "Season 4 of petals"),
        ("Petals of 12026 flowers", "Petals of 12026 flowers, 2nd edition"),
        ("手写数字", "手写数字（第 2 届）"),
        ("手写数字（第 2 届）", "手写数字（第 3 届）"),
        ("手写数字 2026", "手写数字 2027"),
    ],
)
def test_the_next_edition_is_named_by_what_the_title_suggests(title, after):
    assert title_after(title) == after


def test_a_title_as_long_as_may_be_still_differs():
    title = "x" * 200
    assert title_after(title) != title
    assert len(title_after(title)) == 200


def test_ordinals_are_written_as_people_do():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "102nd",
        "111th",
    ]


def test_the_year_of_a_title_is_the_last_it_names():
    assert year_of("Petals 2025 and 2026/27") == 2026
    assert year_of("Petals") is None
