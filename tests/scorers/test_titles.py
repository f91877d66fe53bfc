from scorers.registry import FAMILIES, SCORERS
from scorers.titles import TITLES


def test_the_titles_that_are_known_without_loading_are_those_of_the_scorers():
    # A combination is named after what it combines.
    names = [n for f in FAMILIES if f.module != "composite" for n in f.names]
    assert {name: SCORERS[name].title for name in names} == TITLES
