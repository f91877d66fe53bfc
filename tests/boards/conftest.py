import pytest

from server.boards import sheets
from tests.boards.scored import open_phase


@pytest.fixture
def board(session, cast):
    """The open phase `a` of the cast's challenge, with its live evaluation; the session writes."""
    return open_phase(session, cast)


@pytest.fixture
def drawn(monkeypatch):
    """What frames were drawn of, one text for each."""
    texts = []
    split = sheets._MARK.split

    class Counted:
        def split(self, text):
            texts.append(text)
            return split(text)

    monkeypatch.setattr(sheets, "_MARK", Counted())
    return texts
