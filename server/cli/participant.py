"""`varsity challenges`, `submissions` and `leaderboard`: what a participant reads."""

from typing import Any

import click

from server.cli.here import slug_here
from server.cli.output import json_option, note, print_json, print_table
from server.cli.remote import Remote
from server.cli.showing import name_of, range_text, score_text, state_text, time_text
from server.cli.words import N_, _

STATES = (N_("upcoming"), N_("open"), N_("ended"), N_("revealed"))
BOARDS = {
    "public": N_("%(phase)s, public board: %(scorer)s (%(better)s)"),
    "private": N_("%(phase)s, private board: %(scorer)s (%(better)s)"),
}
OF_A_SUBMISSION = (
    N_("Id"),
    N_("Phase"),
    N_("Received"),
    N_("File"),
    N_("State"),
    N_("Score"),
    N_("Comment"),
)
OF_A_BOARD = (
    N_("Rank"),
    "95 %",
    N_("Team"),
    N_("University"),
    N_("Score"),
    N_("Subm."),
    N_("Last"),
)


@click.command()
@json_option
def challenges(as_json: bool) -> None:
    """List the challenges of the server."""
    with Remote.current() as remote:
        rows = remote.every("/challenges")
    if as_json:
        print_json(rows)
    else:
        headings = (_("Challenge"), _("Title"), _("State"), _("Starts"), _("Ends"))
        print_table(headings, map(_challenge_row, rows))


def _challenge_row(challenge: Any) -> tuple[str, ...]:
    """Return a line; the times are those of the phase that is open, or else of the next one."""
    state: str = challenge["state"]
    return (
        challenge["slug"],
        challenge["title"],
        _(state),
        time_text(challenge["starts"]),
        time_text(challenge["ends"]),
    )


@click.command()
@click.argument("slug", required=False)
@json_option
def submissions(slug: str | None, as_json: bool) -> None:
    """List your team's submissions to the challenge SLUG, newest first."""
    slug = slug_here(slug)
    with Remote.current() as remote:
        rows = remote.every(f"/challenges/{slug}/submissions")
    if as_json:
        print_json(rows)
        return
    headings = [_(heading) for heading in OF_A_SUBMISSION]
    print_table(headings, map(_submission_row, rows), right=_("Id"))
    if not rows:
        note(_("Nothing yet. Send a file: varsity submit %(slug)s FILE", slug=slug))


def _submission_row(row: Any) -> tuple[object, ...]:
    return (
        row["id"],
        row["phase"],
        time_text(row["submitted_at"]),
        row["filename"],
        state_text(row),
        score_text(row["score"]),
        row["comment"],
    )


@click.command()
@click.argument("slug", required=False)
@click.option("--phase", help="The phase (the current one, if left out).")
@click.option("--board", type=click.Choice(["public", "private"]), help="Private: final scores.")
@click.option("--university", metavar="SLUG", help="Teams of one university only.")
@click.option("--page", default=1, show_default=True, type=click.IntRange(min=1))
@click.option("--per-page", default=50, show_default=True, type=click.IntRange(1, 100))
@json_option
def leaderboard(
    *,
    slug: str | None,
    phase: str | None,
    board: str | None,
    university: str | None,
    page: int,
    per_page: int,
    as_json: bool,
) -> None:
    """Show a board of the challenge SLUG."""
    slug = slug_here(slug)
    with Remote.current() as remote:
        found = remote.get(
            f"/challenges/{slug}/leaderboard",
            phase=phase,
            board=board,
            university=university,
            page=page,
            per_page=per_page,
        )
    if as_json:
        print_json(found)
    else:
        _print_board(found)


def _print_board(board: Any) -> None:
    scorer = board["scorer"]
    better = _("higher is better") if scorer["higher_is_better"] else _("lower is better")
    said = {"phase": board["phase"], "scorer": scorer["title"], "better": better}
    heading: str = BOARDS[board["board"]]
    note(_(heading, **said))
    headings = [_(heading) for heading in OF_A_BOARD]
    numbers = ",".join(headings[at] for at in (0, 1, 5))
    print_table(headings, map(_board_row, board["rows"]), right=numbers)
    shown = len(board["rows"])
    if shown < board["total"]:
        counted = {"page": board["page"], "shown": shown, "total": board["total"]}
        note(_("Page %(page)s: %(shown)s of %(total)s teams.", **counted))


def _board_row(row: Any) -> tuple[object, ...]:
    team = row.get("baseline") if isinstance(row.get("baseline"), str) else name_of(row.get("team"))
    return (
        "-" if row["rank"] is None else row["rank"],
        range_text(row.get("rank_range")),
        team,
        name_of(row.get("university")),
        score_text(row["score"], row.get("interval")),
        row["submissions"],
        time_text(row.get("last_submitted_at")),
    )
