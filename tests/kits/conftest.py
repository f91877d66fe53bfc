import hashlib

import pytest

from server.challenges.models import ChallengeFile
from server.shared.storage import FileStore

TRAIN = "id,size,colour,digit\n" + "".join(
    f"{i},{i * 0.5},{'red' if i % 2 else 'blue'},{i % 3}\n" for i in range(60)
)
TEST = "id,size,colour\n" + "".join(f"{i},{i * 0.5},red\n" for i in range(100, 130))
SAMPLE = "id,digit\n" + "".join(f"{i},0\n" for i in range(100, 130))


@pytest.fixture
def add_files(settings, database, cast):
    """Give the cast's challenge files, by name and content."""
    store = FileStore(settings.public_store)

    def add_files(**contents: str | bytes) -> None:
        with database.writing() as session:
            for position, (name, content) in enumerate(contents.items()):
                raw = content.encode() if isinstance(content, str) else content
                path = settings.data_dir / "to-store"
                path.write_bytes(raw)
                sha256 = hashlib.sha256(raw).hexdigest()
                store.put(path, sha256)
                session.add(
                    ChallengeFile(
                        challenge_id=cast.digits.id,
                        name=name,
                        sha256=sha256,
                        size=len(raw),
                        position=position,
                    )
                )
            session.commit()

    return add_files


@pytest.fixture
def files(add_files) -> None:
    """A table to learn from, one to predict for, and a sample."""
    add_files(**{"sample_submission.csv": SAMPLE, "test.csv": TEST, "train.csv": TRAIN})
