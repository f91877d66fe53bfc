"""The organiser's two drafts: a challenge half made, and a change of one that begins soon."""

import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path

import polars as pl
from sklearn.datasets import load_iris

from server.archives.definitions import definition_of
from server.archives.holdings import held_files
from server.challenges.queries import challenge_by_slug, pages_of
from server.cli.demo.scene import Scene
from server.drafts.actions import GivenFile, ask, begin_draft, change
from server.drafts.documents import new_definition, new_pages
from server.drafts.models import ChallengeDraft
from server.drafts.rules import FileKind, JobKind

ZONE = "Europe/Berlin"
TITLE, SLUG = "Three kinds of iris", "three-irises"
OVERVIEW = """
Which of three kinds of iris has been measured? Anderson's 150 flowers of the Gaspé peninsula are
the oldest exercise of our field, and still the best one for the first hour of a lecture.

- **Train** on 90 flowers.
- Name the kind of the other 60.

*To do: say how it is scored, and thank the herbarium.*
"""
CHANGED = "travel-mode"
MORE = """

## Changed before the start

Six submissions a day in place of five: many of you asked for it.
"""


class Drafts:
    """Two drafts, begun as the browser begins them."""

    def __init__(self, scene: Scene, organiser: int) -> None:
        self.scene = scene
        self.organiser = organiser

    def half_made(self) -> None:
        """Begin a challenge: its texts, data and metric are there, the answers are not yet."""
        now = self.scene.now - timedelta(days=2)
        definition = new_definition(TITLE, now=now) | {
            "summary": "Name the kind of an iris from four lengths of its flower.",
            "tags": ["botany", "multiclass", "beginner"],
            "submission": {"sample": "data/sample_submission.csv"},
            "scoring": {"scorer": "balanced_accuracy"},
        }
        files = [self._stored(name, frame) for name, frame in irises().items()]
        with self.scene.database.writing() as session:
            begin_draft(
                session,
                owner_id=self.organiser,
                slug=SLUG,
                definition=definition,
                pages=new_pages() | {"overview": OVERVIEW.strip()},
                files=files,
                now=now,
                zone=ZONE,
            )
            session.commit()

    def _stored(self, name: str, frame: pl.DataFrame) -> GivenFile:
        content = frame.write_csv().encode()
        sha256 = hashlib.sha256(content).hexdigest()
        with tempfile.NamedTemporaryFile(prefix="varsity-demo-") as file:
            file.write(content)
            file.flush()
            self.scene.stores.public_files.put(Path(file.name), sha256)
        return GivenFile(FileKind.DATA, name, sha256, len(content))

    def change(self) -> None:
        """Begin a change of a challenge that everybody sees, and have it checked."""
        now = self.scene.now - timedelta(hours=5)
        with self.scene.database.writing() as session:
            challenge = challenge_by_slug(session, CHANGED)
            given = [
                GivenFile(
                    FileKind(held.kind.value),
                    held.name,
                    held.sha256,
                    held.size,
                    held.phase,
                    held.title,
                    held.description,
                )
                for held in held_files(session, challenge)
            ]
            draft = begin_draft(
                session,
                owner_id=self.organiser,
                slug=challenge.slug,
                definition=definition_of(session, challenge),
                pages={page.slug: page.markdown for page in pages_of(session, challenge.id or 0)},
                files=given,
                now=now,
                challenge_id=challenge.id,
                zone=ZONE,
            )
            by = self.organiser
            draft = change(session, draft.id or 0, _generous, step="phases", actor_id=by, now=now)
            job = ask(session, draft, JobKind.CHECK, actor_id=by, now=now)
            session.commit()
        self.scene.jobs.send("draft", job_id=job.id)


def _generous(draft: ChallengeDraft) -> None:
    draft.definition["phases"][0]["per_day"] = 6
    draft.pages["rules"] = draft.pages["rules"].rstrip() + MORE


def irises() -> dict[str, pl.DataFrame]:
    """Ninety flowers with their kind, sixty without, and the form of a submission."""
    source = load_iris()
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    kinds = [str(source.target_names[code]) for code in source.target]
    every = pl.DataFrame(source.data, schema=names).with_columns(pl.Series("kind", kinds))
    shuffled = every.sample(fraction=1, shuffle=True, seed=1936)
    numbered = shuffled.select(pl.format("i{}", pl.int_range(100, 250)).alias("id"), pl.all())
    train, test = numbered.head(90), numbered.tail(60).drop("kind")
    sample = test.select("id", pl.lit("setosa").alias("kind"))
    return {"train.csv": train, "test.csv": test, "sample_submission.csv": sample}
