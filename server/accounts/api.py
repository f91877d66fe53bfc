"""JSON routes of the accounts room: tokens for programs."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from server.accounts import entrance, queries, tokens
from server.accounts.addresses import LONGEST_ADDRESS
from server.accounts.attempts import limit_sign_in, limit_tokens, seen_here
from server.accounts.forms import LONGEST_CODE
from server.accounts.models import ApiToken
from server.accounts.password_rules import LONGEST
from server.accounts.proving import check_code
from server.accounts.rules import LONGEST_TOKEN_NAME
from server.accounts.second_factor_queries import factor_in_use
from server.shared.access import Who, access
from server.shared.errors import N_, FieldError, Invalid, NotSignedIn
from server.shared.web import now, reading, viewer, writing

bp = APIBlueprint("accounts_api", __name__, url_prefix="/api/v1", tag="Accounts")


class TokenIn(BaseModel):
    """A token to make: by a bearer token, or by an address and its password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=LONGEST_TOKEN_NAME, description="What it is for.")
    email: str | None = Field(None, max_length=LONGEST_ADDRESS)
    password: SecretStr | None = Field(None, max_length=LONGEST)
    code: str | None = Field(
        None,
        max_length=LONGEST_CODE,
        description="A code of the authenticator app, or a recovery code, where the account has "
        "two-step sign-in: without it the answer is 401 `second-factor-needed`.",
    )


class TokenOut(BaseModel):
    """A token; its text is kept nowhere."""

    id: int
    name: str
    hint: str = Field(description="The first characters of its text.")
    created_at: datetime
    used_on: datetime | None = Field(description="A moment on the last day of its use.")


class NewTokenOut(BaseModel):
    """A token that was just made: the only answer that ever holds its text."""

    id: int
    name: str
    token: str
    created_at: datetime


class PageIn(BaseModel):
    """Which page of a list."""

    page: int = Field(1, ge=1, description="From 1.")
    per_page: int = Field(50, ge=1, description="At most 100 are given.")


class TokensOut(BaseModel):
    """A page of tokens."""

    total: int
    page: int
    per_page: int
    rows: list[TokenOut]


@bp.get("/tokens")
@access(Who.SIGNED_IN)
@bp.input(PageIn, location="query")
@bp.output(TokensOut)
@bp.doc(summary="List your tokens", operation_id="listTokens")
def list_tokens(query_data: PageIn) -> dict[str, Any]:
    """List the caller's tokens that are not revoked, newest first."""
    found = queries.tokens_of(
        reading(), viewer().account_id, page=query_data.page, per_page=query_data.per_page
    )
    return {
        "total": found.total,
        "page": found.page,
        "per_page": found.per_page,
        "rows": [_described(token) for token in found.rows],
    }


@bp.post("/tokens")
@access(Who.EVERYBODY)
@limit_sign_in
@limit_tokens
@bp.input(TokenIn)
@bp.output(NewTokenOut, status_code=201)
@bp.doc(summary="Make a token", operation_id="createToken", responses=[401, 409, 422, 429])
def create_token(json_data: TokenIn) -> dict[str, Any]:
    """Make a token for the caller; without a bearer token, for an address and its password."""
    account_id = viewer().id or _sign_in(json_data)
    with writing() as session:
        token, plain = tokens.make_token(
            session, account_id=account_id, name=json_data.name, now=now()
        )
        session.commit()
    return {
        "id": token.id,
        "name": token.name,
        "token": plain,
        "created_at": token.created_at,
    }


def _sign_in(body: TokenIn) -> int:
    if body.email is None or body.password is None:
        raise Invalid(
            N_("Send a bearer token, or the e-mail address and the password of the account."),
            errors=tuple(
                FieldError(name, N_("This is needed."))
                for name in ("email", "password")
                if getattr(body, name) is None
            ),
        )
    proof = entrance.prove(reading(), email=body.email, password=body.password.get_secret_value())
    if factor_in_use(reading(), proof.account.id or 0) is not None:
        _check_code(proof.account.id or 0, body.code)
    with writing() as session:
        account = entrance.sign_in(session, proof=proof, seen=seen_here(), now=now())
        session.commit()
    assert account.id is not None
    return account.id


def _check_code(account_id: int, code: str | None) -> None:
    if not code:
        raise NotSignedIn(
            N_("This account has two-step sign-in: send a code of its app as `code` as well."),
            code="second-factor-needed",
        )
    check_code(account_id, code)


@bp.delete("/tokens/<int:token_id>")
@access(Who.SIGNED_IN)
@bp.output({}, status_code=204)
@bp.doc(summary="Revoke a token", operation_id="revokeToken", responses=[401, 404])
def revoke_token(token_id: int) -> str:
    """Revoke one of the caller's own tokens; from then on it is answered with 401."""
    with writing() as session:
        tokens.revoke_token(session, account_id=viewer().account_id, token_id=token_id, now=now())
        session.commit()
    return ""


def _described(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "created_at": token.created_at,
        "used_on": token.used_on,
    }
