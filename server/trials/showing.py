"""What is wrong with fields of a form, by their names: for pages that show it at each."""

from flask_babel import gettext

from server.shared.errors import DomainError, Invalid
from server.shared.responses import message_of


def faults_of(error: DomainError | None) -> dict[str, str]:
    """Return each field's message."""
    if error is None:
        return {}
    listed = error.errors if isinstance(error, Invalid) else ()
    found = {each.field: gettext(each.message) for each in listed}
    if not found and error.field:
        found = {error.field: message_of(error)}
    return found
