"""The link by which letters of a kind are ended: whoever holds it may, signed in or not."""

from server.notifications.rules import UNSUBSCRIBE_LASTS
from server.shared.mail import UNSUBSCRIBE, Ending
from server.shared.signing import Signer


def read_ending(signer: Signer, token: str) -> Ending:
    """Return whose letters of what kind a link ends. Raises Invalid."""
    seconds = int(UNSUBSCRIBE_LASTS.total_seconds())
    return Ending(*signer.read(UNSUBSCRIBE, token, seconds=seconds))
