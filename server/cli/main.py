"""The `varsity` command. Nothing is imported before the command that needs it is chosen.

Scoring's child processes import this module again, and `varsity submit` should start at once:
so it stays tiny, and every command lives in a module of its own.
"""

import gc
import importlib
import sys
from io import TextIOWrapper
from typing import NamedTuple

import click


class Lazy(NamedTuple):
    """Where a command lives, and the line about it in `varsity --help`."""

    target: str
    help: str


SECTIONS: dict[str, dict[str, Lazy]] = {
    "For participants": {
        "login": Lazy("login:login", "Sign in to a server and keep a token."),
        "challenges": Lazy("participant:challenges", "List the challenges."),
        "download": Lazy("transfers:download", "Fetch a challenge's data."),
        "submit": Lazy("submitting:submit", "Send a file of predictions."),
        "submissions": Lazy("participant:submissions", "List your team's submissions."),
        "leaderboard": Lazy("participant:leaderboard", "Show a board."),
        "receipt": Lazy("receipts:receipt", "Check a signed receipt of a submission."),
        "certificate": Lazy("certificates:certificate", "Check a signed certificate."),
    },
    "For organisers": {
        "new": Lazy("folders:new", "Make a challenge folder to fill in."),
        "check": Lazy("checking:check", "Check a challenge before its launch."),
        "scorers": Lazy("scorers:scorers", "List the metrics, or explain one."),
        "score": Lazy("folders:score", "Score a file against a folder, without a server."),
        "invite": Lazy("inviting:invite", "Invite addresses to a challenge for the invited."),
        "deploy": Lazy("deploying:deploy_folder", "Put a challenge folder on this instance."),
        "export": Lazy("exporting:export", "Write all of a challenge into one archive."),
        "standard": Lazy("standards:standard", "Define levels by results over challenges."),
    },
    "For operators": {
        "serve": Lazy("serving:serve", "Run the web server and the workers."),
        "web": Lazy("serving:web", "Run the web server alone."),
        "worker": Lazy("working:worker", "Run a scoring worker alone."),
        "account": Lazy("people:account", "Manage accounts."),
        "university": Lazy("people:university", "Manage universities."),
        "season": Lazy("seasons:season", "Make seasons of challenges for the standings."),
        "backup": Lazy("backups:backup", "Write everything into one file."),
        "restore": Lazy("backups:restore", "Read a backup into an empty instance."),
        "audit": Lazy("audit:audit", "Check the log of changes against its chain."),
        "openapi": Lazy("description:openapi", "Print the API's OpenAPI document."),
        "demo": Lazy("demo.running:run", "Start a throw-away instance full of content."),
    },
}
COMMANDS = {name: lazy for section in SECTIONS.values() for name, lazy in section.items()}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].target.partition(":")
        # Collecting garbage takes a quarter of the time that these imports take.
        gc.disable()
        command: click.Command = getattr(importlib.import_module(f"server.cli.{module}"), attribute)
        gc.freeze()
        gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by whom they are for."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, lazy.help) for name, lazy in commands.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="varsity", message="varsity %(version)s")
def cli() -> None:
    """Challenges between universities: take part in them, set them up, or run the service."""


def main() -> None:
    """Run the command line and leave with its exit code: 0, 1 (refused) or 2 (usage)."""
    for stream in (sys.stdout, sys.stderr):
        # A file's name need not be text, and not every terminal has every character.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="varsity")


if __name__ == "__main__":
    main()
