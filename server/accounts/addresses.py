"""E-mail addresses as they are kept: one spelling a mailbox."""

from email_validator import EmailNotValidError, validate_email

from server.shared.errors import N_, Invalid

LONGEST_ADDRESS = 254


def clean_address(text: str) -> str:
    """Return an address in lower case with its domain in ASCII.

    Raises:
        Invalid: no mail could be sent there.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(
            N_("This is no e-mail address. It looks like name@university.edu."), field="email"
        ) from error
    address = (found.ascii_email or found.normalized).lower()
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(N_("This e-mail address is too long to be kept."), field="email")
    return address
