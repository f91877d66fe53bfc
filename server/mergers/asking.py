"""A merger that a captain asks for, by the page or by a program: merge, tell the others, commit."""

from server.mergers.actions import Merged, merge_by_code
from server.shared.web import now, viewer, writing
from server.teams.letters import mail_merger, mail_request
from server.teams.queries import members_of, team_by_id
from server.teams.rules import code_in


def merge_as_asked(team_id: int, code: str) -> Merged:
    """Merge the viewer's team into the one of a code or a link, or ask that team's captain."""
    with writing() as session:
        team = team_by_id(session, team_id)
        merged = merge_by_code(session, team=team, code=code_in(code), by=viewer(), now=now())
        into = merged.into
        if merged.asked and merged.asked.anew:
            mail_request(session, team=into, comer=team.name, merging=True, now=now())
        elif not merged.asked:
            accounts = [a for a in members_of(session, into.id or 0) if a.id != viewer().id]
            mail_merger(session, team=into, merged=team.name, accounts=accounts, now=now())
        session.commit()
    return merged
