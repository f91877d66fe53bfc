"""Whoever asks for something that can't be taken back proves again who that is."""

from sqlmodel import Session

from server.accounts import entrance, second_factor
from server.accounts.forms import ProofForm
from server.accounts.models import Account
from server.accounts.second_factor import Verdict
from server.accounts.second_factor_queries import factor_in_use
from server.shared.errors import DomainError
from server.shared.web import now, services, viewer, writing


def asks_for_code(session: Session) -> bool:
    """Whether the viewer's proof holds a code."""
    return factor_in_use(session, viewer().account_id) is not None


def proved(form: ProofForm, account: Account) -> bool:
    """Whether a form holds the account's password and code; else it says what is wrong.

    A code counts once: what is asked for with it has to be checked before.
    """
    if not form.validate_on_submit():
        return False
    try:
        entrance.require_password(account, form.own_password.data, field="own_password")
        if "own_code" in form:
            check_code(account.id or 0, form.own_code.data, field="own_code")
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def check_code(account_id: int, code: str, *, field: str = "code") -> None:
    """Take a code, in a transaction of its own: a wrong one is counted. Raises DomainError."""
    with writing() as session:
        verdict = second_factor.judge(
            session, account_id=account_id, code=code, key=factor_key(), now=now()
        )
        session.commit()
    if verdict is not Verdict.RIGHT:
        raise second_factor.refusal(verdict, field=field)


def factor_key() -> str:
    """Return what secrets of second factors are encrypted by."""
    return services().settings.require_secret()
