"""What a challenge's tab of data shows beside its text."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from server.challenges.file_queries import files_of
from server.challenges.models import ChallengeFile
from server.challenges.views import Frame
from server.kits.kit import Contents, contents_of
from server.kits.queries import FileView, views_of_files

# A table with more has a page of its own.
COLUMNS_ON_TAB, ROWS_ON_TAB = 8, 5


class DataTab(NamedTuple):
    """The files with what was found in them, and what a kit can have."""

    views: list[FileView]
    contents: Contents

    @property
    def tables(self) -> list[FileView]:
        """The files that are tables: what one learns from first, samples last."""
        found = [v for v in self.views if v.looked is not None and v.looked.kind == "table"]
        parts = self.contents.parts
        return sorted(found, key=lambda v: (v.name != parts.train, v.name in parts.samples))

    @property
    def waits(self) -> bool:
        """Whether a file is still to be looked at."""
        return any(view.waits for view in self.views)


def data_tab(session: Session, frame: Frame) -> DataTab:
    """Return a challenge's files with what was found in them."""
    files = files_of(session, frame.challenge.id or 0)
    views = views_of_files(session, files)
    return DataTab(views, contents_for(frame, files, views))


def contents_for(
    frame: Frame, files: Sequence[ChallengeFile], views: Sequence[FileView] = ()
) -> Contents:
    """Return what a kit can have in the present phase; without `views`, by the names alone."""
    current = frame.current_phase
    return contents_of(frame.challenge, files, views, phase=current.slug if current else "")
