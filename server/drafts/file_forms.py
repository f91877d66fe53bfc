"""What the steps Data and Baselines accept beside the files themselves."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange

from server.accounts.forms import Form
from server.drafts.fields import REQUIRED, text_field


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

    def take_at_most(self, megabytes: int) -> None:
        """Refuse, and say at the field, what is more than the server takes."""
        said = _("This server takes at most %(count)s megabytes.", count=megabytes)
        self.max_mb.description = said
        self.max_mb.validators = (*self.max_mb.validators, NumberRange(max=megabytes, message=said))


class BaselineForm(Form):
    """A reference submission."""

    title = text_field(
        _("Name on the board"), 200, REQUIRED, description=_("For example: logistic regression")
    )
    phase = SelectField(_("Phase"), choices=[])
