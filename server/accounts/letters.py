"""What we write to people about their accounts: each letter a template, posted to the outbox."""

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from flask import render_template, url_for
from flask_babel import lazy_gettext as _
from sqlmodel import Session

from server.accounts import links
from server.accounts.models import Account
from server.accounts.rules import language_of_letters
from server.shared import mail
from server.shared.language import language, speaking
from server.shared.web import services, viewer
from server.universities.models import University
from server.universities.naming import university_name


def confirm_address(session: Session, account: Account, *, nonce: str, now: datetime) -> None:
    """Ask the owner of an address to confirm it."""
    token = links.sign_confirmation(services().signer, account, nonce, now)
    link = _link("accounts.confirm", token=token)
    _post(session, "confirm", account, _("Confirm your e-mail address"), now=now, link=link)


def somebody_signed_up(session: Session, account: Account, *, now: datetime) -> None:
    """Tell the owner of an account that somebody tried to sign up with its address."""
    subject = _("You have an account already")
    sign_in, forgot = _link("accounts.sign_in"), _link("accounts.forgot")
    _post(session, "known", account, subject, now=now, sign_in=sign_in, forgot=forgot)


def reset_password(session: Session, account: Account, *, now: datetime) -> None:
    """Send the link under which a new password can be chosen."""
    link = _link("accounts.reset", token=links.sign_reset(services().signer, account, now))
    _post(session, "reset", account, _("Choose a new password"), now=now, link=link)


def password_changed(session: Session, account: Account, *, now: datetime) -> None:
    """Tell a person that the password is another one."""
    subject, forgot = _("Your password was changed"), _link("accounts.forgot")
    _post(session, "password_changed", account, subject, now=now, forgot=forgot)


def confirm_new_address(session: Session, account: Account, *, email: str, now: datetime) -> None:
    """Ask the owner of a new address to confirm it."""
    token = links.sign_email_change(services().signer, account, email, now)
    link = _link("accounts.confirm_email", token=token)
    subject = _("Confirm your new e-mail address")
    _post(session, "email_confirm", account, subject, now=now, recipient=email, link=link)


def somebody_wants_address(session: Session, account: Account, *, now: datetime) -> None:
    """Tell the owner of an account that another account asked for its address."""
    _post(session, "email_taken", account, _("Somebody asked to use your address"), now=now)


def address_to_change(session: Session, account: Account, *, email: str, now: datetime) -> None:
    """Warn the present address that another one was asked for."""
    subject, settings = (
        _("A change of your e-mail address was asked for"),
        _link("accounts.settings"),
    )
    _post(session, "email_asked", account, subject, now=now, email=email, settings=settings)


def address_changed(session: Session, account: Account, *, before: str, now: datetime) -> None:
    """Tell the former address that it is no longer the account's."""
    subject = _("Your e-mail address was changed")
    _post(session, "email_changed", account, subject, now=now, recipient=before)


def second_factor_set(session: Session, account: Account, *, now: datetime) -> None:
    """Tell a person that signing in takes a code from now on."""
    subject, settings = _("Two-step sign-in is on"), _link("accounts.second_factor")
    _post(session, "second_factor_set", account, subject, now=now, settings=settings)


def second_factor_ended(
    session: Session, account: Account, *, by_administrator: bool, now: datetime
) -> None:
    """Tell a person that the password alone opens the account now."""
    subject, settings = _("Two-step sign-in is off"), _link("accounts.second_factor")
    _post(
        session,
        "second_factor_ended",
        account,
        subject,
        now=now,
        settings=settings,
        by_administrator=by_administrator,
    )


def token_made(session: Session, account: Account, *, token: str, now: datetime) -> None:
    """Tell a person that a program can act in their name from now on."""
    subject, settings = _("A token was made for your account"), _link("accounts.security")
    _post(session, "token_made", account, subject, now=now, token=token, settings=settings)


def recovery_code_used(session: Session, account: Account, *, now: datetime) -> None:
    """Tell a person that a recovery code opened the account."""
    subject, settings = _("A recovery code was used"), _link("accounts.second_factor")
    _post(session, "recovery_code_used", account, subject, now=now, settings=settings)


def codes_guessed(session: Session, account: Account, *, now: datetime) -> None:
    """Warn a person that somebody has the password and guesses at codes."""
    subject = _("Wrong codes were typed for your account")
    _post(session, "codes_guessed", account, subject, now=now, forgot=_link("accounts.forgot"))


def asked_to_belong(
    session: Session,
    manager: Account,
    account: Account,
    university: University,
    *,
    note: str,
    now: datetime,
) -> None:
    """Tell a manager that somebody asks to belong to the university."""
    subject = _(
        "%(name)s asks to belong to %(university)s",
        name=account.name,
        university=university_name(university),
    )
    _post(
        session,
        "asked",
        manager,
        subject,
        now=now,
        person=account,
        university=university,
        note=note,
        link=_link("accounts.manage", slug=university.slug),
    )


def decided(
    session: Session, account: Account, university: University, *, approved: bool, now: datetime
) -> None:
    """Tell a person what the university answered."""
    welcome = _("You now belong to %(university)s", university=university_name(university))
    refusal = _("%(university)s did not confirm you", university=university_name(university))
    template, subject = ("approved", welcome) if approved else ("refused", refusal)
    settings = _link("accounts.settings")
    _post(session, template, account, subject, now=now, university=university, settings=settings)


def removed(session: Session, account: Account, university: University, *, now: datetime) -> None:
    """Tell a person who was taken out of a university."""
    subject = _("You no longer belong to %(university)s", university=university_name(university))
    settings = _link("accounts.settings")
    _post(session, "removed", account, subject, now=now, university=university, settings=settings)


def named_manager(
    session: Session, account: Account, university: University, *, now: datetime
) -> None:
    """Tell a person who may now confirm the members of a university."""
    subject = _("You now manage %(university)s", university=university_name(university))
    link = _link("accounts.manage", slug=university.slug)
    _post(session, "manager", account, subject, now=now, university=university, link=link)


def _post(
    session: Session,
    template: str,
    account: Account,
    subject: object,
    *,
    now: datetime,
    recipient: str | None = None,
    **values: object,
) -> None:
    base_url = services().settings.base_url
    with speaking(language_for(account)):
        said = str(subject)
        text = render_template(
            f"mail/{template}.txt", name=account.name, account=account, base_url=base_url, **values
        )
    mail.post(session, recipient=recipient or account.email, subject=said, body=text, now=now)


def language_for(account: Account) -> str:
    """Return the language of a letter to a person; who asked for it just now is heard again."""
    if account.id == viewer().id and not account.language:
        return language()
    return language_of_letters(account.language, account.language_seen)


def _link(endpoint: str, **values: Any) -> str:
    # The address people use, and not the one this request came by, which its sender chooses.
    return urljoin(services().settings.base_url, url_for(endpoint, **values))
