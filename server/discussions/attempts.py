"""What the pages of discussions share: one try of a form, and how often somebody may ask."""

from collections.abc import Callable

from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.discussions.forms import Form
from server.shared.errors import DomainError
from server.shared.limits import asker, by_setting, limiter
from server.shared.web import writing

Answer = str | BaseResponse | tuple[str, int]
# One count for pages and programs, for questions and replies.
limit_questions = limiter.shared_limit(
    by_setting("rate_limit_questions"), scope="questions", key_func=asker, methods=["POST"]
)


def tried(form: Form, act: Callable[[Session], object]) -> bool:
    """Run an action in one transaction if the form is complete; show a refusal in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with writing() as session:
            act(session)
            session.commit()
    except DomainError as error:
        form.refuse(error)
        return False
    return True
