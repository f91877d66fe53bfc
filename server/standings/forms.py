"""What the pages of seasons accept."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

REQUIRED = InputRequired(_l("This can't be empty."))
LONGEST = 20_000


class ChangeSeasonForm(FlaskForm):  # type: ignore[misc]
    """A season's title and challenges."""

    title = StringField(_l("Title"), [REQUIRED, Length(max=200)])
    challenges = TextAreaField(
        _l("Challenges"),
        [REQUIRED, Length(max=LONGEST)],
        description=_l(
            "The short name of a public challenge a line; with a weight: “digits = 2”. "
            "Without one it is 1."
        ),
    )


class SeasonForm(ChangeSeasonForm):
    """A new season."""

    slug = StringField(
        _l("Short name in addresses"),
        [REQUIRED, Length(max=64)],
        description=_l("Lowercase letters, digits and hyphens. It stays, so that links stay."),
    )
