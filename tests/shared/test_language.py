"""Numbers and messages in the reader's language, in a request and outside of one."""

import pytest
from flask import current_app, g

from server.shared.language import _decimal, _formatted, language


def shown(template: str, **values) -> str:
    """Fill in a template without what every page of ours has around it."""
    return current_app.jinja_env.from_string(template).render(**values)


@pytest.fixture(autouse=True)
def _empty_cache():
    _formatted.cache_clear()


def test_a_number_is_written_the_readers_way(app):
    with app.test_request_context("/"):
        assert shown("{{ 1234567|numberformat }}") == "1,234,567"
        assert shown("{{ 0.98765|decimalformat('0.000') }}") == "0.988"


def test_a_number_is_kept_apart_by_its_form(app):
    with app.test_request_context("/"):
        written = [_decimal(2.5, form) for form in ("0.0", "0.000", None, "0.0")]
    assert written == ["2.5", "2.500", "2.5", "2.5"]
    assert _formatted.cache_info().hits == 1


def test_a_number_is_kept_apart_by_the_language():
    assert _formatted(1234.5, None, "en") == "1,234.5"
    assert _formatted(1234.5, None, "de") == "1.234,5"
    assert _formatted(1234.5, None, "en") == "1,234.5"


@pytest.mark.parametrize("first", [-0.0, 0.0])
def test_nought_has_no_sign_whichever_was_asked_for_first(app, first):
    with app.test_request_context("/"):
        assert [_decimal(n, "0.00") for n in (first, 0.0, -0.0, 0)] == ["0.00"] * 4


def test_a_whole_number_and_the_same_as_a_fraction_are_written_alike(app):
    with app.test_request_context("/"):
        assert [_decimal(n) for n in (3, 3.0)] == ["3", "3"]
        assert [_decimal(n, "0.0") for n in (3.0, 3)] == ["3.0", "3.0"]


def test_outside_a_request_the_first_language_is_spoken(app):
    with app.app_context():
        assert language() == "en"
        assert _decimal(1234.5) == "1,234.5"
        assert shown("{{ _('Submit') }} {{ 1000|numberformat }}") == "Submit 1,000"


def test_a_language_that_is_not_spoken_here_is_answered_in_the_first(app):
    for wanted in ("de-DE,de;q=0.9", "", "*", "x" * 500):
        with app.test_request_context("/", headers={"Accept-Language": wanted}):
            assert language() == "en"


def test_the_catalogue_is_looked_up_once_a_request(app):
    with app.test_request_context("/"):
        assert shown("{{ _('Submit') }}") == "Submit"
        kept = g.translations
        one_or_many = "{{ ngettext('%(num)s team', '%(num)s teams', n) }}"
        assert shown(one_or_many, n=1) == "1 team"
        assert shown(one_or_many, n=2) == "2 teams"
        assert g.translations is kept


def test_what_a_reader_put_into_a_message_is_escaped(app):
    with app.test_request_context("/"):
        text = shown("{{ _('by %(name)s', name=name) }}", name="<b>王伟</b>")
    assert text == "by &lt;b&gt;王伟&lt;/b&gt;"
