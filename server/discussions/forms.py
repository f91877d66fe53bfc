"""What the pages of discussions accept. The actions decide; forms keep what was typed."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from server.discussions.rules import LONGEST_QUESTION, LONGEST_TEXT, LONGEST_TITLE
from server.shared.errors import DomainError
from server.shared.responses import message_of

REQUIRED = InputRequired(_("This is needed."))


class Form(FlaskForm):  # type: ignore[misc]
    """A form that shows a refusal of an action at the field it is about."""

    def refuse(self, error: DomainError) -> None:
        """Show a refusal: at its field, or above the form."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(message_of(error))
        else:
            field.errors = [*field.errors, message_of(error)]


def _title(label: Any, **more: Any) -> StringField:
    return StringField(label, [REQUIRED, Length(max=LONGEST_TITLE)], **more)


def _text(label: Any, most: int, **more: Any) -> TextAreaField:
    return TextAreaField(label, [REQUIRED, Length(max=most)], **more)


class AnnouncementForm(Form):
    """News to publish."""

    title = _title(_("Title"))
    text = _text(
        _("Text"), LONGEST_TEXT, description=_("Markdown: paragraphs, lists, links, tables.")
    )
    by_mail = BooleanField(_("Send it by e-mail too, to those who want such letters"))
    ticket = HiddenField(validators=[Length(max=32)])


class QuestionForm(Form):
    """A question to the organisers."""

    title = _title(_("What is it about?"))
    text = _text(
        _("Your question"),
        LONGEST_QUESTION,
        description=_(
            "Only the organisers read it. *Emphasis*, lists, links and `code` can be used."
        ),
    )
    named = BooleanField(
        _("If the organisers publish the question with its answer, my name may stand there")
    )


class ReplyForm(Form):
    """More words to a question."""

    text = _text(_("Reply"), LONGEST_TEXT)


class AnswerForm(ReplyForm):
    """An organiser's answer, and how the question stood when it was written."""

    seen = HiddenField(validators=[Length(max=64)])


class PublishForm(Form):
    """A question and its answer as everybody reads them."""

    asked = _text(_("The question, as everybody reads it"), LONGEST_QUESTION)
    answered = _text(_("The answer, as everybody reads it"), LONGEST_TEXT)
    seen = HiddenField(validators=[Length(max=64)])
