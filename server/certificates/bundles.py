"""One file with the certificates of a university's people, as papers."""

import hashlib
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

import structlog

from server.certificates.models import Certificate, CertificateJob
from server.certificates.paper import certificate_pdf, signed_of
from server.certificates.queries import of_university
from server.certificates.rules import shown_code
from server.evaluations.tools import Tools
from server.shared.errors import N_, Conflict
from server.shared.spreadsheets import csv_lines

log = structlog.get_logger(__name__)
# Whose each paper is: a name of any script is in no file's name.
INDEX = "certificates.csv"
COLUMNS = ("file", "person", "team", "kind", "of", "result", "code", "issued_at")


class Stopped(Exception):
    """The worker stops in the middle of it: somebody else begins it again."""


def make_bundle(tools: Tools, job: CertificateJob, *, stopping: threading.Event) -> dict[str, Any]:
    """Make the file of a job and store it; return what is written of it.

    Raises:
        Conflict: there is no certificate to put into it.
        Stopped: the worker was told to stop.
    """
    with tools.database.reading() as session:
        found = of_university(session, job.university_id or 0, challenge_id=job.challenge_id)
    if not found:
        raise Conflict(N_("Nobody of the university has a certificate of that."))
    with tempfile.NamedTemporaryFile(prefix="varsity-", suffix=".zip") as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for certificate in found:
                if stopping.is_set():
                    raise Stopped
                archive.writestr(file_name(certificate), certificate_pdf(signed_of(certificate)))
            archive.writestr(INDEX, "".join(csv_lines(COLUMNS, map(_indexed, found))))
        target.flush()
        path = Path(target.name)
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        tools.stores.public_files.put(path, sha256)
        size = path.stat().st_size
    return {"made": {"papers": len(found)}, "sha256": sha256, "size": size}


def file_name(certificate: Certificate) -> str:
    """Return a paper's name: ASCII alone, since archives agree on nothing else."""
    body = certificate.body
    of = body["challenge"]["slug"] if body["challenge"] else body["level"]["standard"]
    return f"{of}-{body['kind']}-{shown_code(certificate.code)}.pdf"


def _indexed(certificate: Certificate) -> tuple[str, ...]:
    body = certificate.body
    team, of = body["team"], body["challenge"] or body["level"]
    return (
        file_name(certificate),
        body["holder"]["name"],
        team["name"] if team else "",
        body["kind"],
        of["title"],
        _result(body),
        shown_code(certificate.code),
        body["issued_at"],
    )


def _result(body: dict[str, Any]) -> str:
    if body["level"]:
        return str(body["level"]["level"])
    placement = body["placement"]
    return f"{placement['rank']} of {placement['teams']}" if placement else ""
