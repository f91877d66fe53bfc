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

log = structlog.get_logger(__name__)


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
