"""What the administration's pages accept; the rooms below judge the words."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from server.shared.errors import DomainError
from server.shared.responses import message_of

REQUIRED = InputRequired(_l("This can't be empty."))


class UniversityForm(FlaskForm):  # type: ignore[misc]
    """A new university."""

    slug = StringField(
        _l("Short name in addresses"),
        [REQUIRED, Length(max=64)],
        description=_l("Lowercase letters, digits and hyphens. It stays, so that links stay."),
    )
    name = StringField(_l("Name in English"), [REQUIRED, Length(max=200)])
    native_name = StringField(_l("Name in its own language"), [Length(max=200)])
    country = StringField(
        _l("Country"), [Length(max=2)], description=_l("Two letters, such as DE or CN.")
    )


class RenameForm(FlaskForm):  # type: ignore[misc]
    """A university's names and country."""

    name = StringField(_l("Name in English"), [REQUIRED, Length(max=200)])
    native_name = StringField(_l("Name in its own language"), [Length(max=200)])
    country = StringField(
        _l("Country"), [Length(max=2)], description=_l("Two letters, such as DE or CN.")
    )


class DomainForm(FlaskForm):  # type: ignore[misc]
    """A domain to add to a university."""

    domain = StringField(
        _l("Domain"),
        [REQUIRED, Length(max=253)],
        description=_l("Confirmed addresses of it, and of domains below it, join by themselves."),
    )


class EmailForm(FlaskForm):  # type: ignore[misc]
    """Somebody, by address."""

    email = StringField(_l("E-mail address of the account"), [REQUIRED, Length(max=254)])


class MergeForm(FlaskForm):  # type: ignore[misc]
    """The university that another one becomes part of."""

    kept = StringField(
        _l("Short name of the university to keep"),
        [REQUIRED, Length(max=64)],
        description=_l("Members, managers, domains, teams and places on boards move there."),
    )


class MoveForm(FlaskForm):  # type: ignore[misc]
    """The university of an account; empty for none."""

    university = StringField(
        _l("Short name of the university"),
        [Length(max=64)],
        description=_l("Leave it empty for none. Teams that have submitted keep theirs."),
    )


def show_refusal(form: FlaskForm, error: DomainError) -> None:
    """Show a room's refusal at the field it speaks of, else at the first one."""
    named = form._fields.get(error.field or "")
    field = named or next(f for f in form if f.name != "csrf_token")
    field.errors = [*field.errors, message_of(error)]
