"""A certificate as one page of landscape A4, in both languages, with the signed data attached."""

import base64
import hashlib
from datetime import datetime

import segno
from fpdf.enums import XPos, YPos

from server.certificates import wording
from server.certificates.facts_on_paper import facts, results
from server.certificates.models import Certificate
from server.certificates.schemas import CertificateBody, SignedCertificate
from server.certificates.wording import Both
from server.shared.fonts import LATIN, legible
from server.shared.paper import ACCENT, INK, LINE, MUTED, WARM, Paper

# Millimetres of the page, which is 297 x 210.
BAND = 14
LEFT, RIGHT = 30, 22
FACTS_TOP, FOOT_TOP = 126, 163
QR = 32
SEAL = 18
WHITE = (255, 255, 255)
ATTACHED = "certificate.json"
NAME_SIZES = (34, 30, 26, 22, 19, 16)


def signed_of(certificate: Certificate) -> SignedCertificate:
    """Return a certificate as it was signed."""
    body = CertificateBody.model_validate(certificate.body)
    return SignedCertificate(certificate=body, signature=certificate.signature)


def signed_json(signed: SignedCertificate) -> bytes:
    """Return a certificate as a file of JSON."""
    return (signed.model_dump_json(indent=2) + "\n").encode()


def fingerprint(signed: SignedCertificate) -> str:
    """Return what tells a signature from another at a glance: 16 hexadecimal digits in fours."""
    digest = hashlib.sha256(base64.b64decode(signed.signature)).hexdigest()[:16]
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


def page_url(body: CertificateBody) -> str:
    """Return the address of a certificate's page."""
    return f"{body.issuer}/certificates/{body.code}"


def certificate_pdf(signed: SignedCertificate, *, ended: Both | None = None) -> bytes:
    """Return a certificate as a PDF with its fonts and its signed data in it.

    `ended`: what is said above all else of one that stands no more.
    """
    body = signed.certificate
    paper, title = _blank(body, ended), wording.TITLES[body.kind]
    _band(paper)
    if ended is not None:
        _say_ended(paper, ended)
    _seal(paper, body)
    paper.set_xy(LEFT, 20)
    _masthead(paper, body, title)
    _holder(paper, body)
    _sentence(paper, body)
    paper.set_xy(LEFT, max(FACTS_TOP, paper.get_y() + 4))
    if body.level is not None:
        results(paper, body.level)
    else:
        facts(paper, body)
    _foot(paper, signed)
    paper.embed_file(
        bytes=signed_json(signed),
        basename=ATTACHED,
        mime_type="application/json",
        desc="The signed data of this certificate",
    )
    return bytes(paper.output())


def _blank(body: CertificateBody, ended: Both | None) -> Paper:
    """Return an empty page that knows its fonts and says in its properties what it is."""
    paper = Paper(_all_text(body) + "".join(ended or ()), orientation="landscape")
    paper.set_margins(LEFT, 16, RIGHT)
    paper.c_margin = 0
    paper.set_title(f"{wording.TITLES[body.kind].en}: {body.holder.name}")
    paper.set_author(body.issued_by or body.issuer)
    paper.set_creation_date(datetime.fromisoformat(body.issued_at))
    paper.set_lang("en")
    return paper


def _all_text(body: CertificateBody) -> str:
    words = [text for both in vars(wording).values() if isinstance(both, Both) for text in both]
    titles = [text for both in wording.TITLES.values() for text in both]
    return "".join([*words, *titles, body.model_dump_json(), *wording.dated(body.issued_at)])


def _band(paper: Paper) -> None:
    paper.set_fill_color(*ACCENT)
    paper.rect(0, 0, BAND, paper.h, style="F")
    paper.set_fill_color(*WARM)
    paper.rect(BAND, 0, 1.4, paper.h, style="F")


def _say_ended(paper: Paper, ended: Both) -> None:
    """Print across the head what nobody who is handed the paper may overlook."""
    paper.set_fill_color(*WARM)
    paper.rect(LEFT, 6, paper.epw, 10, style="F")
    text = f"{ended.en} · {ended.zh}"
    paper.set_xy(LEFT + 3, 6)
    paper.set_text_color(*WHITE)
    paper.set_font(LATIN, size=paper.size_for(text, (12, 11, 10, 9, 8), paper.epw - 6))
    paper.cell(paper.epw - 6, 10, text)


def _seal(paper: Paper, body: CertificateBody) -> None:
    """Draw the rank or the level in a double circle; a participation has none."""
    inside = wording.sealed(body)
    if inside is None:
        return
    x, y, radius = paper.w - RIGHT - SEAL, 38.0, SEAL
    paper.set_draw_color(*WARM)
    for ring, line in ((radius, 0.9), (radius - 2, 0.3)):
        paper.set_line_width(line)
        paper.circle(x, y, ring)
    size = paper.size_for(inside.en, (30, 24, 18, 14), 2 * radius - 10)
    paper.set_xy(x - radius, y - 9)
    paper.set_text_color(*WARM)
    paper.set_font(LATIN, size=size)
    with paper.strong(WARM):
        paper.cell(2 * radius, 12, inside.en, align="C")
    paper.set_xy(x - radius, y + 3)
    paper.set_font(LATIN, size=9)
    paper.cell(2 * radius, 5, inside.zh, align="C")


def _masthead(paper: Paper, body: CertificateBody, title: Both) -> None:
    room = paper.epw - 2 * SEAL - 10
    issued_by = legible(body.issued_by) or body.issuer
    paper.say(issued_by, size=11, colour=MUTED, height=6, wide=room)
    paper.ln(3)
    with paper.strong(ACCENT):
        paper.say(title.en, size=25, colour=ACCENT, height=12)
    paper.say(title.zh, size=17, colour=ACCENT, height=9)


def _holder(paper: Paper, body: CertificateBody) -> None:
    paper.ln(5)
    paper.say(wording.CERTIFIES.label, size=11, colour=MUTED, height=7)
    name = legible(body.holder.name)
    if name is None:
        paper.say(wording.NO_LETTERS.en, size=19, height=10)
        paper.say(wording.NO_LETTERS.zh, size=14, height=8)
        paper.say(wording.NAMED_THERE.en, size=8, colour=MUTED, height=4.5)
        paper.say(wording.NAMED_THERE.zh, size=8, colour=MUTED, height=4.5)
    else:
        size = paper.size_for(name, NAME_SIZES)
        with paper.strong():
            paper.block(name, size=size, height=size * 0.45)
    if body.university is not None:
        own = [legible(body.university.name), legible(body.university.native_name)]
        line = " · ".join(dict.fromkeys(part for part in own if part))
        paper.say(line, size=13, colour=MUTED, height=8)


def _sentence(paper: Paper, body: CertificateBody) -> None:
    team = (legible(body.team.name) or f"#{body.team.id}") if body.team else ""
    said = wording.said_of(body, team=team)
    paper.ln(3)
    paper.block(legible(said.en) or said.en, size=13.5, height=6.4)
    paper.ln(0.8)
    paper.block(legible(said.zh) or said.zh, size=12, height=6)


def _foot(paper: Paper, signed: SignedCertificate) -> None:
    body = signed.certificate
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    paper.line(LEFT, FOOT_TOP, paper.w - RIGHT, FOOT_TOP)
    _qr(paper, page_url(body), left=paper.w - RIGHT - QR, top=FOOT_TOP + 4)
    day, wide = wording.dated(body.issued_at), 60
    columns = (
        (wording.ISSUED_BY, legible(body.issued_by) or body.issuer),
        (wording.ISSUED_ON, f"{day.en} · {day.zh}"),
        (wording.CODE, body.code),
    )
    for number, (label, value) in enumerate(columns):
        paper.set_xy(LEFT + number * (wide + 6), FOOT_TOP + 5)
        _labelled(paper, label.label, value, wide)
    said = wording.SIGNED.filled(kid=body.kid, fingerprint=fingerprint(signed), url=page_url(body))
    paper.set_xy(LEFT, FOOT_TOP + 22)
    room = paper.epw - QR - 8
    paper.block(said.en, size=7.5, height=3.7, colour=MUTED, wide=room)
    paper.block(said.zh, size=7.5, height=3.9, colour=MUTED, wide=room)


def _labelled(paper: Paper, label: str, value: str, wide: float) -> None:
    left, top = paper.get_x(), paper.get_y()
    paper.set_font(LATIN, size=7.5)
    paper.set_text_color(*MUTED)
    paper.cell(wide, 4, paper.fitted(label, wide), new_x=XPos.LEFT, new_y=YPos.NEXT)
    paper.set_xy(left, top + 4.5)
    paper.set_font(LATIN, size=paper.size_for(value, (11, 10, 9, 8, 7), wide))
    paper.set_text_color(*INK)
    paper.cell(wide, 6, paper.fitted(value, wide))


def _qr(paper: Paper, url: str, *, left: float, top: float) -> None:
    """Draw a QR code as squares; its page is what is behind it."""
    rows = [list(row) for row in segno.make_qr(url, error="m").matrix]
    size = QR / len(rows)
    paper.set_fill_color(*INK)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                paper.rect(left + x * size, top + y * size, size + 0.02, size + 0.02, style="F")
    paper.link(left, top, QR, QR, url)
