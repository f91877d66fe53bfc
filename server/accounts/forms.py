"""What the pages of accounts accept. The actions decide; forms keep what was typed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from server.accounts.addresses import LONGEST_ADDRESS, clean_address
from server.accounts.kept_options import KeptOptions
from server.accounts.password_rules import LONGEST, check_password
from server.accounts.rules import LONGEST_NAME, LONGEST_NOTE, LONGEST_TOKEN_NAME, clean_name
from server.shared.errors import DomainError
from server.shared.language import NAMES
from server.shared.responses import message_of
from server.universities.models import University
from server.universities.naming import university_name, university_other_name

LONGEST_CODE = 40
# Those that are a region's; the rest are older names of them, or bare offsets.
AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic"),
    *("Australia", "Europe", "Indian", "Pacific", "UTC"),
)
ZONES = [
    (name, name.replace("_", " "))
    for name in sorted(available_timezones())
    if name.split("/")[0] in AREAS
]
REQUIRED = InputRequired(_("This is needed."))
LONG_ENOUGH = _("At least 10 characters. A few words of your own are easy to keep, hard to guess.")


class Form(FlaskForm):  # type: ignore[misc]
    """A form that shows a refusal of an action at the field it is about."""

    # What an action calls a field, where this form calls it otherwise.
    places: ClassVar[Mapping[str, str]] = {}

    def refuse(self, error: DomainError) -> None:
        """Show a refusal: at its field, or above the form."""
        name = self.places.get(error.field or "", error.field or "")
        if name in self._fields:
            field = self._fields[name]
            field.errors = [*field.errors, message_of(error)]
        else:
            self.form_errors.append(message_of(error))


def _address(label: Any, **more: Any) -> StringField:
    return StringField(label, [REQUIRED, Length(max=LONGEST_ADDRESS + 2)], **more)


def _password(label: Any, **more: Any) -> PasswordField:
    return PasswordField(label, [REQUIRED, Length(max=LONGEST)], **more)


class SignInForm(Form):
    """Who one is."""

    email = _address(_("E-mail address"))
    password = _password(_("Password"))


class SignUpForm(Form):
    """Who one will be."""

    name = StringField(
        _("Your name"),
        [REQUIRED, Length(max=LONGEST_NAME)],
        description=_("As it should stand on leaderboards and certificates, in any script."),
    )
    email = _address(
        _("E-mail address"),
        description=_("With your university address you join your university by itself."),
    )
    password = _password(_("Password"), description=LONG_ENOUGH)
    accepts = BooleanField(
        _("I accept the terms, and have read the privacy notice."),
        [InputRequired(_("Without this we can't make an account."))],
    )

    def validate_name(self, field: Any) -> None:
        """Check the name with the others, so that every mistake is shown at once."""
        _check(clean_name, field.data)

    def validate_email(self, field: Any) -> None:
        """Check the address with the others."""
        _check(clean_address, field.data)

    def validate_password(self, field: Any) -> None:
        """Check the password with the others."""
        email, name = self.email.data or "", self.name.data or ""
        _check(check_password, field.data, email=email.strip(), name=name)


def _check(rule: Callable[..., object], *values: object, **more: object) -> None:
    try:
        rule(*values, **more)
    except DomainError as error:
        raise ValidationError(message_of(error)) from error


class AddressForm(Form):
    """Where to send a message."""

    email = _address(_("E-mail address"))


class ResetForm(Form):
    """A new password, for somebody who forgot the old one."""

    password = _password(_("New password"), description=LONG_ENOUGH)
    again = PasswordField(
        _("New password, again"),
        [REQUIRED, EqualTo("password", _("This is not the same as above."))],
    )


class NameForm(Form):
    """What others see."""

    name = StringField(
        _("Name"),
        [REQUIRED, Length(max=LONGEST_NAME)],
        id="new-name",
        description=_("It stands on leaderboards and certificates."),
    )


class PasswordForm(Form):
    """A new password, for somebody who knows the old one."""

    places: ClassVar = {"password": "new_password"}
    old_password = _password(_("Present password"))
    new_password = _password(_("New password"), description=LONG_ENOUGH)


class EmailForm(Form):
    """Another address."""

    email = _address(_("New e-mail address"), id="new-email")
    email_password = _password(_("Your password"))


class UniversityForm(Form):
    """A university one asks to belong to."""

    university_id = SelectField(_("University"), coerce=int)
    note = TextAreaField(
        _("How can they recognise you?"),
        [Length(max=LONGEST_NOTE)],
        description=_("For instance your course, your student number, or who knows you there."),
    )

    def offer(self, universities: Sequence[University]) -> None:
        """Fill in the universities to choose from."""
        self.university_id.choices = [(u.id, _full_name(u)) for u in universities]


class TokenForm(Form):
    """A token for a program."""

    places: ClassVar = {"name": "token_name"}
    token_name = StringField(
        _("Name of the token"),
        [REQUIRED, Length(max=LONGEST_TOKEN_NAME)],
        description=_("What it is for, so that you know later which one to revoke."),
    )


class ProofForm(Form):
    """Who asks is who signed in: the password and, where the account has one, a code."""

    own_password = _password(_("Your password"))
    own_code = StringField(
        _("Code of your authenticator app"),
        [REQUIRED, Length(max=LONGEST_CODE)],
        description=_("Six digits, or one of your recovery codes."),
    )

    def __init__(self, *, has_factor: bool, **more: Any) -> None:
        """`has_factor`: whether a code is asked for."""
        super().__init__(**more)
        if not has_factor:
            del self.own_code


class CloseForm(ProofForm):
    """The end of an account."""

    understood = BooleanField(
        _("I understand that this can't be undone."),
        [InputRequired(_("Tick this to delete the account."))],
    )


class SecondStepForm(Form):
    """The second step of a sign-in."""

    code = StringField(_("Code"), [REQUIRED, Length(max=LONGEST_CODE)])


class LanguageForm(Form):
    """In which language, and in which zone's times."""

    language = SelectField(
        _("Language"),
        choices=[("", _("As my browser asks")), *NAMES.items()],
        description=_("Letters from here are written in it too."),
        id="spoken-language",
    )
    time_zone = SelectField(
        _("Time zone"),
        choices=[("", _("As my device is set")), *ZONES],
        description=_(
            "Pages show times in it. Letters say them in it, with UTC beside; without one, in UTC."
        ),
        widget=KeptOptions(),
    )


def _full_name(university: University) -> str:
    other = university_other_name(university)
    first = university_name(university)
    return f"{first} · {other}" if other else first
