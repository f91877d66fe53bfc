"""Tokens for programs: made, and ended."""

import secrets
from datetime import datetime

from sqlmodel import Session

from server.accounts import letters, rules
from server.accounts.models import ApiToken
from server.accounts.noting import note
from server.accounts.queries import account_by_id, locked_account, tokens_of
from server.accounts.signin import token_digest
from server.shared.errors import N_, Conflict, NotFound

TOKEN_PREFIX = "var_"  # noqa: S105 - the public part
HINT_LENGTH = 8


def create_token(
    session: Session, *, account_id: int, name: str, now: datetime
) -> tuple[ApiToken, str]:
    """Add a token for programs; return it with its text, which is not kept.

    Raises:
        Invalid: the name is not one.
        Conflict: the account has too many.
    """
    clean = rules.clean_token_name(name)
    account = locked_account(session, account_id)
    if tokens_of(session, account_id).total >= rules.MOST_TOKENS:
        raise Conflict(
            N_("An account has at most %(most)s tokens: revoke one first."), most=rules.MOST_TOKENS
        )
    plain = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account_id,
        name=clean,
        hint=plain[:HINT_LENGTH],
        digest=token_digest(plain),
        created_at=now,
    )
    session.add(token)
    session.flush()
    note(session, "token.created", account, account_id, now, token_id=token.id)
    return token, plain


def make_token(
    session: Session, *, account_id: int, name: str, now: datetime
) -> tuple[ApiToken, str]:
    """Add a token for whoever asks over the web, as `create_token` does; its owner gets a letter.

    A stolen browser could make one that outlives it: nobody's token is made unseen.
    """
    token, plain = create_token(session, account_id=account_id, name=name, now=now)
    letters.token_made(session, account_by_id(session, account_id), token=token.name, now=now)
    return token, plain


def revoke_token(session: Session, *, account_id: int, token_id: int, now: datetime) -> None:
    """End one of an account's own tokens. Raises NotFound."""
    account = account_by_id(session, account_id)
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id or token.revoked_at is not None:
        raise NotFound(N_("You have no such token."))
    token.revoked_at = now
    session.add(token)
    note(session, "token.revoked", account, account_id, now, token_id=token_id)
