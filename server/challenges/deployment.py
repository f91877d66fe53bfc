"""The steps of making a challenge what its folder says; each notes what it changes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlmodel import Session

from server.accounts.queries import account_by_email
from server.challenges.changes import (
    Change,
    ChangeKind,
    challenge_values,
    differences,
    in_words,
    phase_values,
)
from server.challenges.file_queries import files_of, images_of
from server.challenges.models import (
    Challenge,
    ChallengeFile,
    ChallengeImage,
    ChallengePage,
    Organiser,
    Phase,
)
from server.challenges.queries import is_organiser, pages_of, phases_of
from server.challenges.rules import BREAKING, BREAKING_IN_PHASE, Role, reopens
from server.folders.contents import Folder
from server.shared import events
from server.shared.errors import N_, Conflict, Invalid

ORGANISER = "organiser "
Row = Challenge | ChallengePage | ChallengeFile | ChallengeImage | Phase


class PhaseUse(NamedTuple):
    """What rooms above know of a phase, by its id.

    `has_submissions`: whether teams submitted to it. `forget`: removes what hangs on a phase that
    is about to go (its evaluations and baselines), in the same transaction.
    """

    has_submissions: Callable[[int], bool]
    forget: Callable[[int], None]


@dataclass
class Deployment:
    """One run: what it writes to, what it may do, and what it has changed so far."""

    session: Session
    challenge: Challenge
    use: PhaseUse
    allow_breaking: bool
    now: datetime
    changes: list[Change] = field(default_factory=list)

    @property
    def challenge_id(self) -> int:
        """The challenge's id."""
        assert self.challenge.id is not None
        return self.challenge.id

    def note(self, kind: ChangeKind, what: str, before: str = "", after: str = "") -> None:
        """Say that something was changed."""
        self.changes.append(Change(kind, what, before, after))

    def in_use(self, phase: Phase) -> bool:
        """Whether teams submitted to a phase."""
        return phase.id is not None and self.use.has_submissions(phase.id)


def update_challenge(run: Deployment, folder: Folder) -> None:
    """Change the challenge's own fields. Raises Conflict."""
    values = challenge_values(folder)
    changed = differences(run.challenge, values)
    broken = [name for name in changed if name in BREAKING]
    if broken and any(run.in_use(phase) for phase in phases_of(run.session, run.challenge_id)):
        _refuse_breaking(run, f"challenge {folder.slug}", broken)
    _assign(run, "", run.challenge, values)


def keep_definition(run: Deployment, folder: Folder) -> None:
    """Keep what the folder says and no column has; an archive is written with it."""
    document = folder.definition.model_dump(mode="json", exclude_none=True)
    if run.challenge.definition != document:
        run.challenge.definition = document


def _refuse_breaking(run: Deployment, what: str, fields: Sequence[str]) -> None:
    if run.allow_breaking:
        return
    raise Conflict(
        N_(
            "%(what)s has submissions that rely on %(fields)s. Put back what was there, or "
            "deploy with a new evaluation, which scores every submission again."
        ),
        code="breaking-change",
        what=what,
        fields=", ".join(fields),
    )


def _assign(run: Deployment, what: str, row: Row, values: Mapping[str, Any]) -> None:
    """Change the fields of a row that differ, and say which."""
    for name, (before, after) in differences(row, values).items():
        setattr(row, name, values[name])
        run.note(ChangeKind.CHANGED, f"{what} {name}".strip(), before, after)


def _synchronise(
    run: Deployment,
    model: type[ChallengePage] | type[ChallengeFile] | type[ChallengeImage],
    key: str,
    rows: Sequence[ChallengePage] | Sequence[ChallengeFile] | Sequence[ChallengeImage],
    wanted: Mapping[str, Mapping[str, Any]],
) -> None:
    """Add, change and remove rows until there is one for each wanted name."""
    kind = model.__name__.removeprefix("Challenge").lower()
    known = {getattr(row, key): row for row in rows}
    for name, values in wanted.items():
        if name in known:
            _assign(run, f"{kind} {name}", known[name], values)
        else:
            fields = {"challenge_id": run.challenge_id, key: name, **values}
            run.session.add(model(**fields))
            run.note(ChangeKind.ADDED, f"{kind} {name}")
    for name in known.keys() - wanted.keys():
        run.session.delete(known[name])
        run.note(ChangeKind.REMOVED, f"{kind} {name}")


def update_pages(run: Deployment, folder: Folder) -> None:
    """Make the tabs of Markdown the folder's."""
    wanted = {
        page.slug: {"title": page.title, "markdown": page.markdown, "position": position}
        for position, page in enumerate(folder.pages)
    }
    _synchronise(run, ChallengePage, "slug", pages_of(run.session, run.challenge_id), wanted)


def update_files(run: Deployment, folder: Folder, hashes: Mapping[str, str]) -> None:
    """Make the list of files the folder's; `hashes` has their sha256 by name."""
    wanted = {
        file.name: {
            "sha256": hashes[file.name],
            "size": file.size,
            "position": position,
            "description": file.description,
        }
        for position, file in enumerate(folder.files)
    }
    _synchronise(run, ChallengeFile, "name", files_of(run.session, run.challenge_id), wanted)


def update_images(run: Deployment, folder: Folder, hashes: Mapping[str, str]) -> None:
    """Make the pictures of the pages the folder's; `hashes` has their sha256 by name."""
    wanted = {file.name: {"sha256": hashes[file.name], "size": file.size} for file in folder.images}
    _synchronise(run, ChallengeImage, "name", images_of(run.session, run.challenge_id), wanted)


def update_phases(run: Deployment, folder: Folder) -> None:
    """Make the phases the folder's. Raises Conflict."""
    known = {phase.slug: phase for phase in phases_of(run.session, run.challenge_id)}
    for position, definition in enumerate(folder.definition.phases):
        values = phase_values(definition, position)
        if definition.slug in known:
            _update_phase(run, known.pop(definition.slug), values)
        else:
            phase = Phase(challenge_id=run.challenge_id, slug=definition.slug, **values)
            run.session.add(phase)
            run.note(ChangeKind.ADDED, f"phase {definition.slug}")
    for phase in known.values():
        _remove_phase(run, phase)
    run.session.flush()
    _require_ends_before_admission(run)


def _require_ends_before_admission(run: Deployment) -> None:
    """Refuse a phase that admits by a result which, extended by hand, comes later."""
    for before, phase in pairwise(phases_of(run.session, run.challenge_id)):
        if phase.admit_top is not None and phase.starts < before.ends:
            raise Conflict(
                N_(
                    "Phase %(before)s was extended to %(ends)s, and phase %(slug)s admits teams by "
                    "its result: let that start then or later."
                ),
                code="phase-extended",
                before=before.slug,
                ends=in_words(before.ends),
                slug=phase.slug,
            )


def _update_phase(run: Deployment, phase: Phase, values: Mapping[str, Any]) -> None:
    values = _with_extension(run, phase, values)
    changed = differences(phase, values)
    if "ends" in changed and reopens(
        revealed=phase.revealed_at is not None, ends=values["ends"], now=run.now
    ):
        raise Conflict(
            N_(
                "Phase %(slug)s is revealed: everybody has seen its private scores, so it can't "
                "take submissions again. Leave its end in the past, and add another phase."
            ),
            code="phase-revealed",
            slug=phase.slug,
        )
    broken = [name for name in changed if name in BREAKING_IN_PHASE]
    if broken and run.in_use(phase):
        _refuse_breaking(run, f"phase {phase.slug}", broken)
    _assign(run, f"phase {phase.slug}", phase, values)


def _with_extension(run: Deployment, phase: Phase, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep an end that was extended by hand, until the folder says the same or a later one.

    Teams were told of it: an old folder takes nothing back from them.
    """
    if phase.extended_from is None:
        return values
    if values["ends"] >= phase.ends:
        phase.extended_from = None
        return values
    run.note(
        ChangeKind.KEPT,
        f"phase {phase.slug} ends",
        f"{in_words(phase.ends)}, extended by hand",
        f"the folder says {in_words(values['ends'])}",
    )
    return {**values, "ends": phase.ends}


def _remove_phase(run: Deployment, phase: Phase) -> None:
    if run.in_use(phase):
        raise Conflict(
            N_(
                "Phase %(slug)s has submissions, so it can't be removed: its teams would lose "
                "them. Put the phase back into challenge.toml; to close it, move its end."
            ),
            code="phase-in-use",
            slug=phase.slug,
        )
    assert phase.id is not None
    run.use.forget(phase.id)
    run.session.delete(phase)
    run.note(ChangeKind.REMOVED, f"phase {phase.slug}")


def add_organisers(run: Deployment, addresses: Collection[str]) -> None:
    """Let the accounts of these addresses run the challenge. Raises Invalid."""
    for address in addresses:
        account = account_by_email(run.session, address)
        if account is None or account.id is None:
            raise Invalid(
                N_(
                    "There is no account with the address %(address)s. Create it first: "
                    "varsity account create %(address)s --name NAME"
                ),
                field="organiser",
                address=address,
            )
        if not is_organiser(run.session, run.challenge_id, account.id):
            run.session.add(
                Organiser(challenge_id=run.challenge_id, account_id=account.id, role=Role.OWNER)
            )
            run.note(ChangeKind.ADDED, f"{ORGANISER}{account.email}")
            events.record(
                run.session,
                "organiser.added",
                at=run.now,
                challenge_id=run.challenge_id,
                subject_id=account.id,
            )


def record(run: Deployment, *, created: bool, actor_id: int | None) -> None:
    """Write what was changed to the log, if anything was."""
    changes = [change for change in run.changes if change.kind is not ChangeKind.KEPT]
    if not changes:
        return
    run.challenge.updated_at = run.now
    # Addresses are kept out of the log; a new organiser has an event by the account's id.
    named = [f"{c.kind} {c.what}" for c in changes if not c.what.startswith(ORGANISER)]
    events.record(
        run.session,
        "challenge.created" if created else "challenge.deployed",
        at=run.now,
        actor_id=actor_id,
        challenge_id=run.challenge.id,
        changes=named,
    )
