"""A definition written as TOML is read back as it was."""

import tomllib
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from server.folders.writing import toml_of

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def test_a_definition_is_written_with_its_tables() -> None:
    document = {
        "title": 'A "quoted" name, 王伟',
        "tags": [],
        "summary": None,
        "scoring": {"scorer": "f1", "params": {"average": "macro", "labels": ["a b", 1]}},
        "phases": [
            {"slug": "a", "starts": "2026-11-01T00:00:00Z", "split": {"by": "group"}},
            {"slug": "b", "starts": datetime(2026, 12, 1, tzinfo=UTC), "public_fraction": 0.3},
        ],
    }
    text = toml_of(document)
    assert text.index("tags") < text.index("[scoring]")
    read = tomllib.loads(text)
    del document["summary"]
    assert read["phases"][0]["starts"] == datetime(2026, 11, 1, tzinfo=UTC)
    read["phases"][0]["starts"] = "2026-11-01T00:00:00Z"
    assert read == document


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_any_values_come_back_as_they_were(section: dict) -> None:
    document = {"params": section, "phases": [{"params": section}]}
    assert tomllib.loads(toml_of(document)) == document
