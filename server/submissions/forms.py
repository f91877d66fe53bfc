"""What the upload page accepts."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from server.submissions.rules import LONGEST_NOTE


class NoteForm(FlaskForm):  # type: ignore[misc]
    """What a team notes of one of its submissions."""

    note = TextAreaField(
        _("Note"),
        [Length(max=LONGEST_NOTE)],
        description=_("Your team reads and changes it, nobody else. An empty one is removed."),
    )


class SubmitForm(FlaskForm):  # type: ignore[misc]
    """A file, a note, and the phase where several are open."""

    file = FileField(_("File of predictions"))
    comment = StringField(
        _("Comment"), [Length(max=500)], description=_("For your team: what is new in this one?")
    )
    phase = SelectField(
        _("Phase"), [DataRequired(_("Choose the phase that the file is for."))], choices=[]
    )

    @classmethod
    def of(cls, view: Any, phase: str = "") -> "SubmitForm":
        """Return the form with the phases that a file can go to: those with quota left.

        `phase` is the slug of the one that stands there at first, if it is among them.
        """
        form = cls(phase=phase)
        choices = [(p.slug, p.title) for p in view.phases if p.is_open]
        # Where one of them takes nothing more today, one chooses by hand: no file goes astray.
        if len(choices) < len(view.phases):
            choices = [("", _("choose a phase")), *choices]
        form.phase.choices = choices
        return form
