"""`varsity invite`."""

import click

from server.challenges.actions import invite as add_invitations
from server.challenges.queries import challenge_by_slug
from server.cli.instance import data_option, opened
from server.cli.output import json_option, print_json
from server.shared.clock import utcnow


@click.command()
@click.argument("slug")
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@data_option
@json_option
def invite(*, slug: str, emails: tuple[str, ...], as_json: bool) -> None:
    """Let the confirmed accounts of these addresses see a challenge and take part in it.

    Each gets a message with the challenge's address. Again, it changes nothing.
    """
    with opened() as instance, instance.database.writing() as session:
        challenge = challenge_by_slug(session, slug)
        added = add_invitations(
            session,
            challenge=challenge,
            emails=emails,
            base_url=instance.settings.base_url,
            now=utcnow(),
        )
        session.commit()
    if as_json:
        print_json({"challenge": slug, "invited": added})
    else:
        click.echo(f"{slug}: {len(added)} invited, {len(emails) - len(added)} were already.")
