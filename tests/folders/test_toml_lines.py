import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from server.folders.toml_lines import KeyLines, KeyPath

DOCUMENT = '''\
# a comment with [brackets] and "quotes"
title = "Digits # not a comment"
"quoted key" = 1
site."ex.com".size = 2

[submission]
labels = [
  "a",   # the first
  "b]",
  ["c", { d = 1 }],
]
text = """
[phases]
not = "a key"
"""
raw = \'\'\'
it's
\'\'\'
when = 2026-12-31 16:00:00Z

[[phases]]
slug = 'a'
params = { average = "macro", deep = { x = [1, 2] } }
[phases.extra]
note = "under the first"

  [[phases]]
  slug = "b"
  [[phases.steps]]
  n = 1
  [[phases.steps]]
  n = 2
[phases.extra.more]
x = 1
'''


def leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    if path:
        yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from leaves(inner, (*path, key))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("site", "ex.com", "size"), 4),
        (("submission",), 6),
        (("submission", "labels", 1), 9),
        (("submission", "labels", 2, 1, "d"), 10),
        (("submission", "text"), 12),
        (("submission", "raw"), 16),
        (("submission", "when"), 19),
        (("phases", 0), 21),
        (("phases", 0, "params", "deep", "x", 1), 23),
        (("phases", 0, "extra", "note"), 25),
        (("phases", 1), 27),
        (("phases", 1, "slug"), 28),
        (("phases", 1, "steps", 1, "n"), 32),
        (("phases", 1, "extra", "more", "x"), 34),
    ],
)
def test_a_key_is_found_on_its_line(path: KeyPath, line: int) -> None:
    assert KeyLines(DOCUMENT).line(path) == line


def test_every_key_that_tomllib_reads_is_found_and_no_other() -> None:
    expected = set(leaves(tomllib.loads(DOCUMENT)))
    assert set(KeyLines(DOCUMENT)._lines) == expected


def test_an_absent_key_is_looked_for_at_its_table() -> None:
    assert KeyLines(DOCUMENT).line(("phases", 1, "ends")) == 27


def test_an_absent_table_has_no_line() -> None:
    assert KeyLines(DOCUMENT).line(("scoring", "scorer")) is None


def test_windows_line_ends_are_counted_once() -> None:
    assert KeyLines('a = 1\r\nb = "x"\r\n[c]\r\nd = 1\r\n').line(("c", "d")) == 4
