"""What is in a challenge's starter kit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from sqlmodel import Session

from server.boards.scored_by import metric_of
from server.challenges.file_queries import files_of
from server.challenges.models import Challenge, ChallengeFile, Phase
from server.challenges.queries import page_of_challenge
from server.challenges.views import Frame
from server.evaluations.queries import live_evaluation
from server.kits.queries import FileView, columns_by_name, views_of_files
from server.kits.rules import MOST_BYTES_IN_A_KIT, STARTER, Parts, id_columns_of, parts_of
from server.kits.scripts import baseline_script, download_script, kind_of_prediction
from server.kits.zipping import Member

CONFIG = ".varsity.toml"


@dataclass(frozen=True)
class Contents:
    """What a kit can have, told from a challenge's files alone."""

    challenge: Challenge
    files: Sequence[ChallengeFile]
    parts: Parts
    ids: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the data is small enough to be in the kit itself."""
        return sum(file.size for file in self.data) <= MOST_BYTES_IN_A_KIT

    @property
    def data(self) -> list[ChallengeFile]:
        """The files that go into the kit's folder `data`."""
        return [file for file in self.files if file.name != STARTER]

    @property
    def starter(self) -> ChallengeFile | None:
        """The organisers' own baseline, where they give one."""
        return next((file for file in self.files if file.name == STARTER), None)


def contents_of(
    challenge: Challenge, files: Sequence[ChallengeFile], views: Sequence[FileView], *, phase: str
) -> Contents:
    """Tell which part each file of a challenge plays."""
    ids = id_columns_of(challenge.id_column, challenge.header)
    parts = parts_of(
        [file.name for file in files],
        header=challenge.header,
        ids=ids,
        columns=columns_by_name(views),
        phase=phase,
    )
    return Contents(challenge, files, parts, ids)


def kit_of(session: Session, frame: Frame, *, base_url: str) -> list[Member]:
    """Return the files of a challenge's starter kit, its texts in the reader's language."""
    challenge = frame.challenge
    files = files_of(session, challenge.id or 0)
    current = frame.current_phase
    views = views_of_files(session, files)
    contents = contents_of(challenge, files, views, phase=current.slug if current else "")
    texts = {
        "README.md": _readme(session, frame, contents, base_url),
        CONFIG: _config(base_url, challenge.slug),
        "requirements.txt": "pandas\nscikit-learn\n",
    }
    if not contents.whole:
        texts["download.py"] = _download(contents, base_url)
    if contents.starter is None and contents.parts.samples:
        texts[STARTER] = _baseline(session, frame, contents)
    members = [Member(f"{challenge.slug}/{name}", text) for name, text in sorted(texts.items())]
    return [*members, *_stored(contents)]


def _stored(contents: Contents) -> list[Member]:
    """Return the stored files: the data, or of much data the samples alone."""
    slug, samples = contents.challenge.slug, contents.parts.samples
    given = [f for f in contents.data if contents.whole or f.name in samples]
    members = [Member(f"{slug}/data/{_flat(f.name)}", sha256=f.sha256) for f in given]
    if contents.starter is not None:
        members.append(Member(f"{slug}/{STARTER}", sha256=contents.starter.sha256))
    return members


def _flat(name: str) -> str:
    """Return a name that can't leave the folder it is unpacked into."""
    return name.replace("/", "_").replace("\\", "_").lstrip(".") or "file"


def _config(base_url: str, slug: str) -> str:
    quoted = (json.dumps(text, ensure_ascii=False) for text in (base_url, slug))
    return "server = {}\nchallenge = {}\n".format(*quoted)


def _download(contents: Contents, base_url: str) -> str:
    slug = contents.challenge.slug
    files = [
        (_flat(f.name), url_for("challenges_api.file", slug=slug, name=f.name), f.sha256)
        for f in contents.data
    ]
    return download_script(server=base_url, files=files)


def _baseline(session: Session, frame: Frame, contents: Contents) -> str:
    challenge, phase = frame.challenge, _phase_of(frame)
    metric = metric_of(session, challenge, phase)
    evaluation = live_evaluation(session, phase.id) if phase else None
    stored = evaluation.spec.get("kind") if evaluation else None
    return baseline_script(
        slug=challenge.slug,
        parts=contents.parts,
        header=challenge.header,
        ids=contents.ids,
        kind=kind_of_prediction(
            metric.scorer,
            stored=stored,
            labels=challenge.labels,
            columns=len(challenge.header) - len(contents.ids),
        ),
        params=metric.params,
    )


def _phase_of(frame: Frame) -> Phase | None:
    return frame.current_phase.phase if frame.current_phase else None


def _without_heading(markdown: str) -> str:
    """Return a page's text without the heading at its top: the README has one of its own."""
    first, _, rest = markdown.lstrip().partition("\n")
    return rest.strip() if first.startswith("# ") else markdown.strip()


def _readme(session: Session, frame: Frame, contents: Contents, base_url: str) -> str:
    pages = {
        slug: _without_heading(page.markdown) if page else ""
        for slug in ("data", "rules")
        for page in [page_of_challenge(session, frame.challenge.id or 0, slug)]
    }
    return render_template(
        "kits/README.md",
        frame=frame,
        challenge=frame.challenge,
        metric=metric_of(session, frame.challenge, _phase_of(frame)),
        contents=contents,
        pages=pages,
        base_url=base_url,
    )
