"""`varsity challenges`, `submissions` and `leaderboard`: what a participant reads."""

from typing import Any

import click

from server.cli.here import slug_here
from server.cli.output import json_option, note, print_json, print_table
from server.cli.remote import Remote
from server.cli.showing import name_of, range_text, score_text, state_text, time_text


@click.command()
@json_option
def challenges(as_json: bool) -> None:
    """List the challenges of the server."""
    with Remote.current() as remote:
        rows = remote.every("/challenges")
    if as_json:
        print_json(rows)
    else:
        print_table(("Challenge", "Title", "State", "Phases"), map(_challenge_row, rows))


def _challenge_row(challenge: Any) -> tuple[str, str, str, str]:
    phases = challenge.get("phases") or []
    spans = [f"{p['slug']} until {time_text(p['ends'])}" for p in phases]
    return challenge["slug"], challenge["title"], challenge.get("state", ""), "; ".join(spans)


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
    headings = ("Id", "Phase", "Received", "File", "State", "Score", "Comment")
    print_table(headings, map(_submission_row, rows), right="Id")
    if not rows:
        note(f"Nothing yet. Send a file: varsity submit {slug} FILE")


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
    better = "higher" if scorer["higher_is_better"] else "lower"
    note(f"{board['phase']}, {board['board']} board: {scorer['title']} ({better} is better)")
    headings = ("Rank", "95 %", "Team", "University", "Score", "Subm.", "Last")
    print_table(headings, map(_board_row, board["rows"]), right="Rank,95 %,Subm.")
    shown = len(board["rows"])
    if shown < board["total"]:
        note(f"Page {board['page']}: {shown} of {board['total']} teams.")


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
