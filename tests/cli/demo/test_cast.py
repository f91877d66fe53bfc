import re
from collections import Counter

import pytest

from server.cli.demo.cast import (
    ADMINISTRATOR,
    ORGANISER,
    PEOPLE,
    TEAM_NAMES,
    UNIVERSITIES,
    ascii_name,
    person,
)

EVERYBODY = [*PEOPLE, *(each.manager for each in UNIVERSITIES), ADMINISTRATOR, ORGANISER]


def test_at_least_eighteen_universities_of_ten_countries_are_cast():
    assert len(UNIVERSITIES) >= 18
    assert len({each.slug for each in UNIVERSITIES}) == len(UNIVERSITIES)
    assert len({each.domain for each in UNIVERSITIES}) == len(UNIVERSITIES)
    assert len({each.country for each in UNIVERSITIES}) >= 10


def test_chinese_universities_and_their_students_have_chinese_names():
    chinese = [each for each in UNIVERSITIES if each.country == "CN"]

    assert "清华大学" in {each.native_name for each in chinese}
    for each in chinese:
        for name in [each.native_name, *(student.name for student in each.students)]:
            assert re.fullmatch(r"[\u4e00-\u9fff]+", name)


def test_no_address_of_the_cast_can_reach_a_real_mailbox():
    for someone in EVERYBODY:
        assert re.fullmatch(r"[a-z.-]+@[a-z-]+\.example", someone.email)


def test_everybody_has_an_address_and_a_name_of_their_own():
    assert len(PEOPLE) >= 150
    assert max(Counter(someone.email for someone in EVERYBODY).values()) == 1
    assert max(Counter(someone.name for someone in EVERYBODY).values()) == 1


def test_people_have_addresses_in_their_university_s_domain():
    for each in UNIVERSITIES:
        for someone in [each.manager, *each.students]:
            assert someone.university == each.slug
            assert someone.email.endswith(f"@{each.domain}")


def test_no_two_teams_are_called_the_same():
    names = [*TEAM_NAMES, *(name for each in UNIVERSITIES for name in each.team_names)]

    assert len(names) >= 70
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("name", "mailbox"),
    [
        ("Małgorzata Lewandowska", "malgorzata.lewandowska"),
        ("Miriam Oßwald", "miriam.osswald"),
        ("Emre Yıldız", "emre.yildiz"),
        ("Zoë Núñez-Roth", "zoe.nunez-roth"),
    ],
)
def test_a_latin_name_becomes_a_plain_mailbox(name: str, mailbox: str):
    assert ascii_name(name) == mailbox


def test_a_name_in_another_script_brings_its_mailbox():
    yutong = person("王雨桐=yutong.wang", "tsinghua", "tsinghua.example")

    assert yutong.name == "王雨桐"
    assert yutong.email == "yutong.wang@tsinghua.example"
