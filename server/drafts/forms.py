"""What the steps of texts, teams and people accept; what was typed is kept when refused."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from server.accounts.forms import Form
from server.drafts.fields import AT_LEAST_ONE, MOMENT, REQUIRED, as_an_address, text_field
from server.drafts.rules import LONGEST_PAGE, RESERVED_SLUGS
from server.folders.definition import RESERVED_PAGES, SLUG_LENGTH


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
        as_an_address,
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

    slug = text_field(_("Name of the tab"), SLUG_LENGTH, REQUIRED, as_an_address)
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


class TeamsForm(Form):
    """Who may compete together."""

    max_size = IntegerField(_("Most people in a team"), [REQUIRED, AT_LEAST_ONE], default=4)
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


class PersonForm(Form):
    """Somebody who writes the challenge too."""

    email = text_field(_("E-mail address of an account"), 254, REQUIRED)
    role = RadioField(
        _("Role"),
        choices=[
            ("organiser", _("Organiser: runs the challenge with you")),
            ("judge", _("Judge: reads everything and changes nothing, in the draft and later")),
            ("owner", _("Owner: may also say who runs it")),
        ],
        default="organiser",
    )
