"""What the steps of a draft accept; what was typed is kept when something is refused."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from server.accounts.forms import Form
from server.drafts.rules import LONGEST_PAGE, RESERVED_SLUGS
from server.drafts.zones import read_zone, to_utc
from server.folders.definition import RESERVED_PAGES, SLUG_LENGTH, as_slug, is_slug
from server.shared.errors import DomainError
from server.shared.responses import message_of

REQUIRED = InputRequired(_("This is needed."))
MOST = 2**31 - 1
# To the second: many deadlines are at 23:59:59.
MOMENT = {"type": "datetime-local", "step": "1"}
_INT = NumberRange(min=1, max=MOST, message=_("Write a whole number of at least 1."))


def _line(form: Any, field: Any) -> None:
    if field.data and not field.data.isprintable():
        raise ValidationError(_("Write one line of plain text."))


def _slug(form: Any, field: Any) -> None:
    if field.data and not is_slug(field.data):
        raise ValidationError(
            _(
                "Use lowercase letters, digits and single hyphens, at most %(most)s characters, "
                "such as %(example)s.",
                most=SLUG_LENGTH,
                example=as_slug(field.data),
            )
        )


def _stripped(text: str | None) -> str | None:
    return text.strip() if isinstance(text, str) else text


def text_field(label: Any, most: int, *more: Any, **named: Any) -> StringField:
    """Return a field of one line."""
    validators = [*more, Length(max=most), _line]
    return StringField(label, validators, filters=[_stripped], **named)


class NewForm(Form):
    """What a new challenge begins with."""

    title = text_field(_("Title"), 200, REQUIRED)


class AboutForm(Form):
    """What the challenge is."""

    title = text_field(_("Title"), 200, REQUIRED)
    slug = text_field(
        _("Address"),
        SLUG_LENGTH,
        REQUIRED,
        _slug,
        description=_("The end of the challenge's address. It stays as it is after the launch."),
    )
    summary = text_field(
        _("Summary"), 500, description=_("One or two sentences for the list of challenges.")
    )
    host = text_field(_("Host"), 200, description=_("The institute, company or society behind it."))
    tags = text_field(_("Topics"), 400, description=_("Separated by commas: vision, medicine"))
    visibility = RadioField(
        _("Who sees it"),
        choices=[
            ("public", _("Everybody: it stands in the list of challenges")),
            ("unlisted", _("Whoever has the link")),
            ("university", _("Members of the organisers' universities")),
            ("invited", _("Invited addresses only")),
        ],
        default="public",
    )
    licence = text_field(
        _("Licence of the data"),
        200,
        description=_("For example CC BY 4.0, or “for this challenge only”."),
        render_kw={"list": "licences"},
    )
    citation = TextAreaField(_("How to cite it"), [Length(max=2000)], render_kw={"rows": 2})
    personal_data = SelectField(
        _("Does the data tell of people?"),
        choices=[
            ("", _("Not said yet")),
            ("no", _("No, nothing in it can be traced to a person")),
            ("yes", _("Yes, or it might")),
        ],
        default="",
    )
    contact = text_field(_("Whom to ask about the data"), 200)
    statement = TextAreaField(
        _("Where the data comes from, and how people in it are protected"),
        [Length(max=2000)],
        render_kw={"rows": 3},
    )

    def validate_slug(self, field: Any) -> None:
        """Refuse addresses that are pages of the console."""
        if field.data in RESERVED_SLUGS:
            raise ValidationError(_("This address is one of Varsity's own. Choose another."))


class PageForm(Form):
    """A tab of Markdown."""

    slug = text_field(_("Name of the tab"), SLUG_LENGTH, REQUIRED, _slug)
    markdown = TextAreaField(
        _("Text"), [Length(max=LONGEST_PAGE)], render_kw={"rows": 22, "spellcheck": "true"}
    )

    def validate_slug(self, field: Any) -> None:
        """Refuse the names of tabs that every challenge has."""
        if field.data in RESERVED_PAGES:
            raise ValidationError(_("Every challenge has a tab of this name: choose another."))


class RulesForm(Form):
    """The rules that participants accept."""

    markdown = TextAreaField(_("Rules"), [Length(max=LONGEST_PAGE)], render_kw={"rows": 18})


class SubmissionForm(Form):
    """What a submitted file looks like."""

    sample = SelectField(_("Sample submission"), [REQUIRED], choices=[])
    id_column = text_field(
        _("Columns that name a row"),
        200,
        REQUIRED,
        description=_("One name, or several separated by commas: patient, visit"),
        default="id",
    )
    labels = TextAreaField(
        _("Labels that a prediction may take"),
        [Length(max=20_000)],
        description=_(
            "Where labels are predicted: one a line. Empty: any; an unknown label is simply wrong."
        ),
        render_kw={"rows": 3},
    )
    max_mb = IntegerField(
        _("Most megabytes of a submission"),
        [REQUIRED, NumberRange(min=1, max=100_000, message=_("Write a whole number."))],
        default=20,
    )


class TeamsForm(Form):
    """Who may compete together."""

    max_size = IntegerField(_("Most people in a team"), [REQUIRED, _INT], default=4)
    same_university = BooleanField(
        _("All members of a team belong to the same university"), default=True
    )
    join = RadioField(
        _("How one gets into a team"),
        choices=[
            ("open", _("Whoever has the team's link")),
            ("approval", _("By the link, and the captain agrees")),
            ("invited", _("The captain invites by e-mail address")),
        ],
        default="open",
    )
    lock_at = StringField(
        _("Teams stay as they are from"),
        [Optional()],
        description=_("Before the last phase ends. Empty: teams may change until the end."),
        render_kw=MOMENT,
    )
    registration = RadioField(
        _("Who decides"),
        choices=[
            ("open", _("Whoever may see it joins")),
            ("approval", _("People register, and you approve each")),
        ],
        default="open",
    )
    ask = TextAreaField(
        _("What is asked of whoever registers"),
        [Length(max=2200)],
        description=_("One question a line, at most ten. Where you approve."),
        render_kw={"rows": 3},
    )
    invited = TextAreaField(
        _("Invited addresses"),
        [Length(max=100_000)],
        description=_(
            "One a line. They get a letter at the launch, and see the challenge where it is for "
            "the invited only."
        ),
        render_kw={"rows": 4},
    )


class PhaseForm(Form):
    """A round: its times, its quotas, and how it ranks."""

    title = text_field(_("Title"), 200, REQUIRED)
    slug = text_field(
        _("Short name"),
        SLUG_LENGTH,
        REQUIRED,
        _slug,
        description=_("It stands in addresses and on the command line: a, final"),
    )
    zone = text_field(
        _("Time zone of these times"),
        64,
        REQUIRED,
        description=_("Readers see each moment in their own."),
        render_kw={"list": "zones", "autocomplete": "off"},
    )
    starts = StringField(_("Starts"), [REQUIRED], render_kw=MOMENT)
    ends = StringField(
        _("Ends"),
        [REQUIRED],
        description=_("Submissions are taken until the end of this second."),
        render_kw=MOMENT,
    )
    per_day = IntegerField(_("Submissions a day"), [REQUIRED, _INT], default=5)
    total = IntegerField(_("Submissions in all"), [REQUIRED, _INT], default=100)
    ranking = RadioField(
        _("Which submission of a team counts"),
        choices=[
            (
                "best",
                _("The best public score; at the reveal that submission's private one counts"),
            ),
            (
                "selected",
                _("The team picks; at the reveal the best private score of its picks counts"),
            ),
            ("latest", _("The latest, whatever it scores")),
            ("ladder", _("A ladder: a score is shown only when it improves by more than noise")),
        ],
        default="best",
    )
    select = IntegerField(
        _("How many a team may pick"),
        [Optional(), _INT],
        default=2,
        description=_("Where the team picks."),
    )
    reveal = RadioField(
        _("The private board is revealed"),
        choices=[
            ("at_end", _("by itself, once the phase has ended and everything is scored")),
            ("by_organiser", _("by you, when you have looked at the result")),
        ],
        default="at_end",
    )
    admit_top = IntegerField(
        _("Admit only the best of the phase before"),
        [Optional(), _INT],
        description=_("How many teams; ties at the bound are admitted. Empty: every team."),
    )
    places: ClassVar[Mapping[str, str]] = {}

    def validate_zone(self, field: Any) -> None:
        """Refuse a zone that nobody knows."""
        _asked(lambda: read_zone(field.data or ""))

    def validate_starts(self, field: Any) -> None:
        """Refuse what is no moment."""
        _asked(lambda: to_utc(field.data or "", self.known_zone))

    def validate_ends(self, field: Any) -> None:
        """Refuse what is no moment, or lies before the start."""
        _asked(lambda: to_utc(field.data or "", self.known_zone))
        try:
            starts = to_utc(self.starts.data or "", self.known_zone)
        except DomainError:
            return
        if to_utc(field.data, self.known_zone) <= starts:
            raise ValidationError(_("The phase must end after it starts."))

    def validate_per_day(self, field: Any) -> None:
        """Refuse a day's quota that is more than all."""
        if field.data and self.total.data and field.data > self.total.data:
            raise ValidationError(_("This is more than the submissions in all."))

    @property
    def known_zone(self) -> str:
        """The zone, or UTC where it is wrong itself."""
        try:
            return read_zone(self.zone.data or "")
        except DomainError:
            return "UTC"


def _asked(read: Any) -> None:
    try:
        read()
    except DomainError as error:
        raise ValidationError(message_of(error)) from error


class SplitForm(Form):
    """Which rows of a solution are public."""

    by = RadioField(
        _("What decides"),
        choices=[
            ("usage", _("The solution's own column Usage; without it all rows are public")),
            ("rows", _("Chance: a share of the rows")),
            ("group", _("Chance, by group: rows with the same value stay together")),
            ("time", _("Time: the earliest rows are public")),
            ("column", _("A column: rows with certain values are public")),
        ],
        default="rows",
    )
    public_percent = FloatField(
        _("Public share in per cent"),
        [Optional(), NumberRange(min=0.1, max=99.9, message=_("Between 0.1 and 99.9."))],
        default=30,
    )
    column = text_field(
        _("Column of the solution"), 200, description=_("By group, by time or by a column.")
    )
    public = text_field(
        _("Values that are public"),
        1000,
        description=_("By a column: separated by commas."),
    )

    def validate_column(self, field: Any) -> None:
        """Ask for the column where it decides."""
        if self.by.data in ("group", "time", "column") and not field.data:
            raise ValidationError(_("Say which column decides."))

    def validate_public(self, field: Any) -> None:
        """Ask for the values where they decide."""
        if self.by.data == "column" and not (field.data or "").strip(" ,"):
            raise ValidationError(_("Say which values are public."))

    def validate_public_percent(self, field: Any) -> None:
        """Ask for the share where chance or time decides."""
        if self.by.data in ("rows", "group", "time") and field.data is None:
            raise ValidationError(_("Say how much is public."))


class BaselineForm(Form):
    """A reference submission."""

    title = text_field(
        _("Name on the board"), 200, REQUIRED, description=_("For example: logistic regression")
    )
    phase = SelectField(_("Phase"), choices=[])


class PersonForm(Form):
    """Somebody who writes the challenge too."""

    email = text_field(_("E-mail address of an account"), 254, REQUIRED)
    role = RadioField(
        _("Role"),
        choices=[
            ("organiser", _("Organiser: runs the challenge with you")),
            ("judge", _("Judge: reads everything, changes nothing once it runs")),
            ("owner", _("Owner: may also say who runs it")),
        ],
        default="organiser",
    )
