"""What the pages of the texts accept."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from server.policies.rules import LONGEST_TEXT
from server.shared.errors import DomainError
from server.shared.language import NAMES
from server.shared.responses import message_of

# What is typed has two characters at the end of each line.
LENGTH = [Length(max=LONGEST_TEXT * 2)]


class PolicyForm(FlaskForm):  # type: ignore[misc]
    """A new version of a text, in each language."""

    en = TextAreaField(NAMES["en"], [InputRequired(_("This is needed.")), *LENGTH])
    zh = TextAreaField(
        NAMES["zh"], LENGTH, description=_("Where it is empty, the English text is shown.")
    )
    material = BooleanField(
        _("This changes something that matters to people: ask everybody again."),
        description=_("Leave it empty for mended words. Whoever signs up agrees to the newest."),
    )
    before = HiddenField()

    def refuse(self, error: DomainError) -> None:
        """Show a refusal: at its field, or above the form."""
        if error.field in self._fields:
            field = self._fields[error.field]
            field.errors = [*field.errors, message_of(error)]
        else:
            self.form_errors.append(message_of(error))


class AgreeForm(FlaskForm):  # type: ignore[misc]
    """That somebody agrees to what is in force."""

    agreed = BooleanField(
        _("I have read this and agree."), [InputRequired(_("Tick this to go on."))]
    )
