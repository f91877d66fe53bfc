"""What the steps Phases and Solutions accept; what was typed is kept when something is refused."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FloatField, IntegerField, RadioField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from server.accounts.forms import Form
from server.drafts.fields import AT_LEAST_ONE, MOMENT, REQUIRED, as_an_address, text_field
from server.drafts.zones import read_zone, to_utc
from server.folders.definition import SLUG_LENGTH
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.trials.settings_typed import parts_of


class PhaseForm(Form):
    """A round: its times, its quotas, and how it ranks."""

    title = text_field(_("Title"), 200, REQUIRED)
    slug = text_field(
        _("Short name"),
        SLUG_LENGTH,
        REQUIRED,
        as_an_address,
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
    per_day = IntegerField(_("Submissions a day"), [REQUIRED, AT_LEAST_ONE], default=5)
    total = IntegerField(_("Submissions in all"), [REQUIRED, AT_LEAST_ONE], default=100)
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
        [Optional(), AT_LEAST_ONE],
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
        [Optional(), AT_LEAST_ONE],
        description=_("How many teams; ties at the bound are admitted. Empty: every team."),
    )

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
        if self.by.data == "column" and not parts_of(field.data or ""):
            raise ValidationError(_("Say which values are public."))

    def validate_public_percent(self, field: Any) -> None:
        """Ask for the share where chance or time decides."""
        if self.by.data in ("rows", "group", "time") and field.data is None:
            raise ValidationError(_("Say how much is public."))
