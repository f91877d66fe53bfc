"""Checks a certificate without a server, from its JSON or its PDF: the list of keys is enough."""

import re
import zlib

from server.certificates.schemas import FORMAT, CertificateBody
from server.receipts.checking import Keys, NotConfirmed, signed_body

LARGEST = 20_000_000
# A certificate's data is a few kilobytes; a stream that unpacks to more is none.
LARGEST_STREAM = 1_000_000
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
BEGINS = re.compile(rb'\s*\{\s*"certificate"\s*:')


def confirmed_certificate(data: bytes, keys: Keys) -> CertificateBody:
    """Return what a certificate states, once its signature by one of the keys is confirmed.

    Of a PDF it is the attached data that is confirmed: what is printed has to say the same.

    Raises:
        NotConfirmed: it is no certificate, its key is not listed, or it is not what was signed.
    """
    if len(data) > LARGEST:
        raise NotConfirmed(f"The file is too large: {len(data):,} bytes.")
    document = attached_data(data) if data.startswith(b"%PDF-") else data
    return signed_body(document, keys, "certificate", FORMAT, CertificateBody)


def attached_data(pdf: bytes) -> bytes:
    """Return the signed data that is attached to a certificate's PDF.

    Raises:
        NotConfirmed: there is none, or there are several, so that nobody knows which is meant.
    """
    streams = (_unpacked(found) for found in STREAM.findall(pdf))
    found = {stream for stream in streams if stream is not None and BEGINS.match(stream)}
    if not found:
        raise NotConfirmed(
            "The PDF holds no signed data: it is no certificate, or a program that saved it anew "
            "has dropped its attachment. Take the file from the certificate's page."
        )
    if len(found) > 1:
        raise NotConfirmed("The PDF holds the signed data of several certificates.")
    return found.pop()


def _unpacked(stream: bytes) -> bytes | None:
    """Return a stream of a PDF as it is, or unpacked where it was packed; None: too much."""
    if BEGINS.match(stream):
        return stream
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(stream, LARGEST_STREAM)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else text
