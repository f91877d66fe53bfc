"""Sentences that follow each other: a blank between them in English, none in Chinese."""

import re

import pytest
from flask import Flask

from server.shared.spacing import Spacing, set_up_spacing, spaced
from tests.boards.scored import open_phase, scored
from tests.cast import sign_in

ZH = {"Accept-Language": "zh-CN"}


@pytest.mark.parametrize(
    ("text", "said"), [("A.", "A. "), ("甲。", "甲。"), ("甲：", "甲："), ("", " ")]
)
def test_a_wide_stop_brings_its_own_blank(text, said):
    assert spaced(text) == said


SOURCES = pytest.mark.parametrize(
    "source",
    [
        '{{ _("A.") }} {{ _("B.") }}\n{{ _("C") }} {{ x }} {{ _("D:") }} <b>{{ x }}</b>',
        '{{ _("A \\"a\\":", x=f("b"), y=2) }} {% if x %}{{ _("B!") if y else _("C?") }} c{% endif %}',
        '{{ _("A.") }}\n {{ _("B.") }}{{ _("C.") }} ',
        '<b>{{ _("A.") }}</b> <i>x</i> <a><b>{{ _("B.") }}</b></a>{% if y %} c{% endif %}',
        '{{ _("A.", z=x) }}{% if y %}{% if x %} {{ x }}{% endif %}{% endif %} {{ _("B.") }}',
    ],
)


def rendered(app, source, stop=r"\g<0>"):
    """What a template says where each message ends with a stop instead of its own."""
    return app.jinja_env.from_string(source).render(
        _=lambda text, **_: re.sub("[.:!?]$", stop, text), x="<x>", f=str, y=1
    )


@pytest.fixture
def spacing():
    app = Flask("spacing")
    set_up_spacing(app)
    return app


@SOURCES
def test_in_english_nothing_changes(spacing, source):
    said = rendered(Flask("plain"), source)
    assert rendered(spacing, source).split() == said.split()
    assert len(rendered(spacing, source)) >= len(re.sub(r"\s+", " ", said))


@SOURCES
def test_in_chinese_no_blank_follows_a_stop(spacing, source):
    gap = re.compile(r"。(</\w+>)*\s+(?=\S)")
    assert gap.search(rendered(Flask("plain"), source, "。"))
    assert not gap.search(rendered(spacing, source, "。"))


@pytest.mark.parametrize(
    ("name", "source", "read"),
    [
        (None, '{{ _("A") }} b', '{{ spaced(_("A")) }}b'),
        (None, '{{ ngettext("A", "B", n) }} b', '{{ spaced(ngettext("A", "B", n)) }}b'),
        (None, '{{ _("A") }}\n<a>', '{{ spaced(_("A")) }}<a>'),
        (None, '{{ _("A") }}</b> b', '{{ _("A") }}</b>{{ blank_after(_("A")) }}b'),
        ("mail/a.txt", '{{ _("A") }}\n{{ b }}', None),
        (None, '{{ _("A") }}\n{{- b }}', None),
        (None, '{{ _("A") }}\n<p>', None),
        (None, '{{ _("A") }}</p> b', None),
        (None, "{{ x }} b", None),
        (None, '{{ "A." }} b', None),
    ],
)
def test_the_blank_that_a_message_brings_is_the_one_that_followed_it(name, source, read):
    said = Spacing(Flask("plain").jinja_env).preprocess(source, name)
    assert said == (read or source)


def test_no_sentence_of_a_chinese_page_is_followed_by_a_blank(app, session, cast):
    board = open_phase(session, cast)
    scored(session, board, session.merge(cast.pandas), 0.9)
    session.commit()
    olga = sign_in(app.test_client(), cast.olga)
    for path in ("/challenges/digits/leaderboard", "/organise/digits/controls", "/universities"):
        page = olga.get(path, headers=ZH).text
        assert "。" in page
        assert not re.search(
            r"[。：！？] \S", re.sub(r"(?s)<(script|textarea|pre).*?</\1>", "", page)
        ), path
