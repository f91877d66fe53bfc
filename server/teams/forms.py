"""What the pages of teams accept."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import Email, InputRequired, Length

from server.teams.rules import LONGEST_NAME


class CreateForm(FlaskForm):  # type: ignore[misc]
    """A team to be; without a name it is called after its captain."""

    name = StringField(_("Name of the team"), validators=[Length(max=4 * LONGEST_NAME)])
    accept = BooleanField(_("I have read the rules of this challenge and accept them"))


class RenameForm(FlaskForm):  # type: ignore[misc]
    """Another name."""

    name = StringField(
        _("Name of the team"),
        validators=[
            InputRequired(_("Type the name that the team should have.")),
            Length(max=4 * LONGEST_NAME),
        ],
    )


class InviteForm(FlaskForm):  # type: ignore[misc]
    """An address to invite."""

    email = StringField(
        _("E-mail address"),
        # What is too long is refused for it; to read all of it takes time by its square.
        filters=[lambda typed: typed and typed[:1_000]],
        validators=[
            InputRequired(_("Type the address to invite.")),
            Email(_("This is not an e-mail address: it should look like name@university.edu.")),
            Length(max=254),
        ],
    )


class MergeForm(FlaskForm):  # type: ignore[misc]
    """The invite link of the team that one's own becomes part of, or its code."""

    code = StringField(
        _("Invite link or code of the other team"),
        id="merge-code",
        validators=[
            InputRequired(_("Paste the invite link that the other team gave you.")),
            Length(max=500),
        ],
    )


class LinkForm(FlaskForm):  # type: ignore[misc]
    """An invite link, or the code at its end."""

    code = StringField(
        _("Invite link or code"),
        validators=[InputRequired(_("Paste the link that a captain gave you.")), Length(max=500)],
    )
