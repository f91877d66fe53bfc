"""A choice of hundreds is written as any other."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField

from server.accounts.kept_options import KeptOptions

CHOICES = [("", "As my device is set"), ("Asia/Shanghai", "Asia/Shanghai"), ("a&b", '"<b>"')]


class Places(Form):
    plain = SelectField("Place", choices=CHOICES, id="place", name="place")
    kept = SelectField("Place", choices=CHOICES, id="place", name="place", widget=KeptOptions())


@pytest.mark.parametrize("chosen", ["", "Asia/Shanghai", "a&b"])
def test_every_option_is_written_as_the_library_writes_it(chosen):
    for _ in range(2):
        form = Places(MultiDict({"place": chosen}))
        assert str(form.kept(class_="form-select")) == str(form.plain(class_="form-select"))


def test_what_another_reader_chose_is_not_chosen_for_the_next():
    assert "selected" in str(Places(MultiDict({"place": "a&b"})).kept())
    page = str(Places(MultiDict({"place": "Asia/Shanghai"})).kept())
    assert '<option value="a&amp;b">' in page
    assert '<option selected value="Asia/Shanghai">' in page
