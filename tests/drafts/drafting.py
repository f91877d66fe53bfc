"""A draft filled in through the browser's forms, and the worker that does its jobs at once."""

from datetime import timedelta
from io import BytesIO

from flask.testing import FlaskClient
from sqlmodel import select

from server.drafts.models import ChallengeDraft, DraftJob
from server.drafts.queries import is_data_of_a_draft
from server.drafts.rules import JobState
from server.drafts.working import Drafter
from server.evaluations.tools import Tools
from server.shared.queue import Jobs, make_engine
from server.shared.storage import FileStore, Stores
from server.submissions.queries import is_public_file
from server.trials.working import Trier

TRAIN = "id,petal,kind\n" + "".join(f"t{i},{i % 7},{'ab'[i % 2]}\n" for i in range(40))
TEST = "id,petal\n" + "".join(f"{i},{i % 5}\n" for i in range(1, 61))
SAMPLE = "id,kind\n" + "".join(f"{i},{'ab'[i % 3 == 0]}\n" for i in range(1, 61))
SOLUTION = "id,kind\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(1, 61))
BASELINE = "id,kind\n" + "".join(f"{i},{'ab'[(i % 2) ^ (i % 5 == 0)]}\n" for i in range(1, 61))
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
ABOUT = {
    "title": "Two kinds of petals",
    "slug": "petals",
    "summary": "Tell one kind from the other.",
    "host": "",
    "tags": "flowers, tables",
    "visibility": "public",
    "licence": "CC BY 4.0",
    "citation": "",
    "personal_data": "no",
    "contact": "olga@tum.example",
    "statement": "",
}
PHASE = {
    "title": "Final",
    "slug": "final",
    "zone": "Europe/Berlin",
    "starts": "2026-11-20T10:00",
    "ends": "2026-12-20T18:00",
    "per_day": "5",
    "total": "50",
    "ranking": "best",
    "select": "2",
    "reveal": "at_end",
    "admit_top": "",
}


class AtOnce:
    """Runs what belongs in a child here and now."""

    def run(self, function, *arguments):
        return function(*arguments)

    def stop(self) -> None:
        """Nothing runs."""


def make_tools(settings, database, clock, isolation=None, name="host/1/2") -> Tools:
    return Tools(
        database=database,
        stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
        jobs=Jobs(make_engine("", settings.data_dir)),
        isolation=isolation or AtOnce(),
        clock=clock,
        name=name,
        lease=timedelta(minutes=5),
        needed_in_public=(is_public_file, is_data_of_a_draft),
    )


class Desk:
    """Somebody at the pages of a draft, with a worker behind them."""

    def __init__(self, client: FlaskClient, settings, database, clock) -> None:
        self.client, self.database = client, database
        self.tools = make_tools(settings, database, clock)
        self.drafter = Drafter(
            self.tools, replicates=200, base_url="http://localhost", most_bytes=10_000_000
        )
        self.trier = Trier(self.tools)
        self.id = 0

    def begin(self, title: str = "Two kinds of petals") -> int:
        answer = self.client.post("/organise/drafts/new", data={"title": title})
        assert answer.status_code == 303, answer.text
        self.id = int(answer.location.split("/")[3])
        return self.id

    def path(self, rest: str = "") -> str:
        return f"/organise/drafts/{self.id}{rest}"

    def get(self, rest: str = "") -> str:
        answer = self.client.get(self.path(rest))
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, rest: str, status: int = 303, **data):
        answer = self.client.post(self.path(rest), data=data)
        assert answer.status_code == status, answer.text
        return answer

    def upload(self, rest: str, *files: tuple[str, str | bytes], status: int = 303, **data):
        sent = [(BytesIO(c if isinstance(c, bytes) else c.encode()), name) for name, c in files]
        answer = self.client.post(
            self.path(rest), data={"file": sent, **data}, content_type="multipart/form-data"
        )
        assert answer.status_code == status, answer.text
        return answer

    def work(self) -> None:
        """Do every job that waits."""
        with self.database.reading() as session:
            waiting = session.exec(
                select(DraftJob.id).where(DraftJob.state == JobState.QUEUED).order_by(DraftJob.id)
            ).all()
        for job_id in waiting:
            self.drafter.work(job_id)

    def fill(self, **phase: str) -> None:
        """Fill in every step that a launch needs, the phase as it is given or as here."""
        self.post("/about", **ABOUT)
        self.post("/pages/overview", slug="overview", markdown="# Petals\n\nTell them apart.")
        self.post("/pages/data", slug="data", markdown="One row a petal.")
        self.post("/rules", markdown="Be fair.")
        self.upload(
            "/data/files",
            ("train.csv", TRAIN),
            ("test.csv", TEST),
            ("sample_submission.csv", SAMPLE),
        )
        self.post(
            "/data", sample="data/sample_submission.csv", id_column="id", labels="", max_mb="5"
        )
        self.post("/metric", metric="accuracy")
        self.post("/phases/final", **(PHASE | phase))
        self.upload("/solution/final", ("answers.csv", SOLUTION))
        self.work()

    def check(self) -> str:
        self.post("/check")
        self.work()
        return self.get("/check")

    def all(self, query) -> list:
        """What a query gives now."""
        with self.database.reading() as session:
            return list(session.exec(query).all())

    def draft(self) -> ChallengeDraft:
        with self.database.reading() as session:
            return session.get_one(ChallengeDraft, self.id)

    def launch(self, version: int | None = None):
        answer = self.post("/launch", version=version or self.draft().version)
        self.work()
        return answer
