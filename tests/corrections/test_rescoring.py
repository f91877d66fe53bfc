"""Taking an uploaded solution out of the store that the web can read."""

import hashlib
from pathlib import Path

import pytest

from server.challenges.models import ChallengeFile
from server.corrections.rescoring import Rescorer
from server.shared.storage import FileStore, Stores


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return Stores(FileStore(str(tmp_path / "public")), FileStore(str(tmp_path / "hidden")))


@pytest.fixture
def rescorer(database, stores, clock) -> Rescorer:
    class Jobs:
        def handle(self, name: str, handler: object) -> None:
            """Nothing is sent in these tests."""

    return Rescorer(
        database=database,
        stores=stores,
        jobs=Jobs(),
        isolation=None,
        clock=clock,
        name="host/1",
        lease=None,
    )


def put(stores: Stores, tmp_path: Path, content: bytes) -> str:
    path, sha256 = tmp_path / "sent", hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    stores.public_files.put(path, sha256)
    return sha256


def test_an_uploaded_solution_leaves_the_public_store(rescorer, stores, cast, tmp_path) -> None:
    sha256 = put(stores, tmp_path, b"id,digit\n1,7\n")
    rescorer._take(sha256)
    assert stores.hidden_files.has(sha256)
    assert not stores.public_files.has(sha256)
    rescorer._take(sha256)
    assert stores.hidden_files.has(sha256)


def test_a_solution_with_the_bytes_of_a_public_file_takes_it_from_nobody(
    rescorer, stores, cast, session, tmp_path
) -> None:
    sha256 = put(stores, tmp_path, b"id,digit\n1,0\n")
    session.add(
        ChallengeFile(
            challenge_id=cast.challenges["digits"].id,
            name="sample_submission.csv",
            sha256=sha256,
            size=14,
            position=9,
        )
    )
    session.commit()
    rescorer._take(sha256)
    assert stores.hidden_files.has(sha256)
    assert stores.public_files.has(sha256)
