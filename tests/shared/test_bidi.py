"""Names in scripts that run from right to left keep to themselves in sentences."""

import pytest
from flask import g, render_template_string
from flask_babel import gettext, ngettext
from markupsafe import Markup

from server.shared.bidi import (
    END_OF_ISOLATE,
    ISOLATE,
    isolated,
    isolated_name,
    set_apart,
    without_isolates,
)
from server.shared.errors import Conflict
from server.shared.fonts import printable
from server.shared.language import speaking
from server.shared.responses import message_of
from tests.cast import NOON

ARABIC = "محمد علي"
APART = f"{ISOLATE}{ARABIC}{END_OF_ISOLATE}"


@pytest.mark.parametrize("name", [ARABIC, "דניאל", "Ali (علي)", "\N{ADLAM CAPITAL LETTER ALIF}"])
def test_a_name_with_letters_from_right_to_left_is_set_apart_once(name):
    assert isolated(name) == f"{ISOLATE}{name}{END_OF_ISOLATE}"
    assert isolated(isolated(name)) == isolated(name)
    assert without_isolates(isolated(name)) == name


@pytest.mark.parametrize("name", ["Wei", "王伟", "Zoë", "", "👩‍💻"])
def test_any_other_name_stays_as_it_is(name):
    assert isolated(name) == name


def test_numbers_and_pieces_of_pages_are_left_alone():
    piece = Markup("<bdi>{}</bdi>").format(ARABIC)
    assert set_apart({"num": 3, "who": piece, "team": ARABIC}) == {
        "num": 3,
        "who": piece,
        "team": APART,
    }


def test_pages_messages_and_refusals_set_them_apart(app):
    with app.test_request_context("/"), speaking("en"):
        g.now = NOON
        page = render_template_string(
            "{{ _('Join %(team)s', team=who) }}|"
            "{{ ngettext('%(num)s of %(who)s', '%(num)s of %(who)s', 2, who=who) }}|{{ who }}",
            who=ARABIC,
        )
        assert page == f"Join {APART}|2 of {APART}|{ARABIC}"
        assert gettext("Join %(team)s", team=ARABIC) == f"Join {APART}"
        assert ngettext("%(num)s %(a)s", "%(num)s %(a)s", 3, a=ARABIC) == f"3 {APART}"
        assert message_of(Conflict("Not %(team)s.", team=ARABIC)) == f"Not {APART}."


def test_what_is_typed_is_no_markup_for_that(app):
    with app.test_request_context("/"), speaking("en"):
        g.now = NOON
        said = render_template_string("{{ _('Join %(team)s', team=who) }}", who=f"<b>{ARABIC}")
    assert said == f"Join {ISOLATE}&lt;b&gt;{ARABIC}{END_OF_ISOLATE}"


def test_on_paper_no_box_stands_where_a_name_is_set_apart():
    assert printable(f"Join {APART}") == printable(f"Join {ARABIC}")


def test_a_name_in_a_title_is_set_apart_and_what_was_escaped_stays_so():
    assert isolated_name("Lena") == "Lena"
    assert isolated_name("\u05d3\u05d2") == "\u2068\u05d3\u05d2\u2069"
    made = isolated_name(Markup("&lt;\u05d3"))
    assert isinstance(made, Markup)
    assert made == "\u2068&lt;\u05d3\u2069"
