"""What the page about one's own page accepts."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from server.accounts.forms import Form
from server.accounts.models import Account
from server.accounts.rules import PageSeenBy
from server.challenges.models import Challenge
from server.profiles.models import Profile
from server.profiles.rules import LONGEST_BIO, LONGEST_LINK, MOST_LINKS


class PageForm(Form):
    """What stands on one's page, and who sees it."""

    seen_by = SelectField(
        _("Who sees your page"),
        choices=[
            (PageSeenBy.EVERYBODY.value, _("Everybody")),
            (PageSeenBy.SIGNED_IN.value, _("People who are signed in")),
            (PageSeenBy.OWNER.value, _("Nobody but me")),
        ],
        description=_("Boards name your team in any case, and its page your name."),
    )
    bio = TextAreaField(
        _("About you"),
        [Length(max=LONGEST_BIO + 200)],
        description=_("Up to 600 characters of plain text."),
    )
    links = TextAreaField(
        _("Links"),
        [Length(max=MOST_LINKS * (LONGEST_LINK + 2) + 200)],
        description=_("Up to five addresses that begin with https://, one a line."),
    )
    shows_university = BooleanField(_("Name my university"))
    shows_certificates = BooleanField(_("Show my certificates"))
    shown = SelectMultipleField(
        _("Results on your page"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, challenges: Sequence[Challenge]) -> None:
        """Fill in the challenges whose results may stand there."""
        self.shown.choices = [(c.id, c.title) for c in challenges]

    def left_out(self) -> list[int]:
        """Return the challenges that were not ticked."""
        ticked = set(self.shown.data or [])
        return [number for number, _title in self.shown.choices or [] if number not in ticked]


def values_of(
    account: Account, profile: Profile, challenges: Sequence[Challenge]
) -> dict[str, Any]:
    """Return what stands in the form before anybody types."""
    return {
        "seen_by": PageSeenBy(account.page_seen_by).value,
        "bio": profile.bio,
        "links": "\n".join(profile.links),
        "shows_university": profile.shows_university,
        "shows_certificates": profile.shows_certificates,
        "shown": [c.id for c in challenges if c.id not in profile.left_out],
    }
