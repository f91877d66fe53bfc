from random import Random

import pytest

from server.cli.demo.cast import UNIVERSITIES
from server.cli.demo.catalogue import Recipe
from server.cli.demo.comments import TEXTS, comment, filename, occasion, repair_comment
from server.cli.demo.mistakes import Mistake

SVC = Recipe(2, "SVC", "pixels", (("C", 3.0),))


def written(country: str, seed: int) -> str:
    return comment(Random(seed), SVC, country=country, number=2, count=4, fresh_board=False)


@pytest.mark.parametrize("mistake", list(Mistake))
def test_every_mistake_can_be_repaired_with_a_word(mistake: Mistake):
    assert repair_comment(Random(1), SVC, mistake)


def test_native_comments_belong_to_countries_of_the_cast():
    assert set(TEXTS["native"]) <= {each.country for each in UNIVERSITIES}


def test_chinese_teams_write_in_chinese_as_well_and_british_ones_do_not():
    assert any("，" in written("CN", seed) for seed in range(30))
    assert not any("，" in written("GB", seed) for seed in range(30))


def test_some_uploads_have_no_comment_and_the_others_name_the_model():
    notes = [written("GB", seed) for seed in range(60)]

    assert 1 <= notes.count("") <= 20
    assert all("SVC C=3.0 on pixels" in note for note in notes if note)


def test_first_last_and_fresh_board_have_words_of_their_own():
    assert occasion(1, 5, False) == "first"
    assert occasion(3, 5, False) == "middle"
    assert occasion(5, 5, False) == "last"
    assert occasion(1, 1, True) == "fresh_board"


def test_a_file_is_named_after_the_initials_of_its_model():
    assert filename("{model}_v{number}.csv", SVC, 3) == "svc_v3.csv"
    assert filename("sub{number:02}.csv", SVC, 3) == "sub03.csv"
