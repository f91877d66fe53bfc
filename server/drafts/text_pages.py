"""Pages of the steps Pages and Rules: Markdown with a preview, and the pictures in it."""

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.downloads import send_picture
from server.drafts.actions import GivenFile, require_same_step
from server.drafts.desk import Desk, desk_of
from server.drafts.documents import page_order
from server.drafts.editing import rename_page
from server.drafts.filing import By, add_files, remove_file
from server.drafts.forms import PageForm, RulesForm
from server.drafts.models import ChallengeDraft
from server.drafts.queries import files_of_draft, of_kind
from server.drafts.rules import LONGEST_PAGE, MOST_PAGES, FileKind, Step
from server.drafts.serving import address, render, save, saved
from server.folders.definition import RESERVED_PAGES, as_slug
from server.folders.pictures import PICTURE_BYTES, PICTURES, is_picture_name, picture_type
from server.shared.access import Who, access
from server.shared.errors import N_, Conflict, Invalid, NotFound
from server.shared.limits import asker, by_setting, limiter
from server.shared.markdown import pictures_elsewhere, pictures_lacking, render_markdown
from server.shared.stamps import stamp_of
from server.shared.uploads import received
from server.shared.web import accepts_upload, now, reading, services, viewer, writing

bp = Blueprint("draft_texts", __name__)
MOST_PICTURE_BYTES = 5_000_000
RULES = "rules"


@bp.get("/organise/drafts/<int:draft_id>/pages")
@access(Who.DRAFT_PERSON)
def index(draft_id: int) -> str:
    """List the tabs and the pictures."""
    return _index(desk_of(reading(), draft_id), PageForm())


def _index(desk: Desk, form: PageForm) -> str:
    images = of_kind(desk.files, FileKind.IMAGE)
    return render(desk, Step.PAGES, "drafts/pages.html", form=form, images=images)


@bp.post("/organise/drafts/<int:draft_id>/pages")
@access(Who.DRAFT_PERSON)
def add(draft_id: int) -> BaseResponse:
    """Add a tab."""
    form = PageForm()
    form.slug.data = as_slug(form.slug.data or "", otherwise=form.slug.data or "")

    def edit(draft: ChallengeDraft) -> None:
        if form.slug.data in draft.pages:
            raise Invalid(N_("There is a tab of this name already."), field="slug")
        if len(draft.pages) >= MOST_PAGES:
            raise Conflict(N_("A challenge has at most %(most)s pages."), most=MOST_PAGES)
        draft.definition["pages"] = [*page_order(draft.definition, draft.pages), form.slug.data]
        draft.pages[form.slug.data] = ""

    here = url_for("draft_texts.edit", draft_id=draft_id, page=form.slug.data or "overview")
    return saved(draft_id, Step.PAGES, form, edit, lambda desk: _index(desk, form), here=here)


@bp.get("/organise/drafts/<int:draft_id>/pages/<page>")
@access(Who.DRAFT_PERSON)
def edit(draft_id: int, page: str) -> str:
    """Show a tab to be written."""
    desk = desk_of(reading(), draft_id)
    text = _text(desk.draft, page)
    return _edit(desk, PageForm(data={"slug": page, "markdown": text}), page, text)


def _edit(desk: Desk, form: PageForm, page: str, shown: str) -> str:
    return render(
        desk,
        Step.PAGES,
        "drafts/page.html",
        form=form,
        page=page,
        html=preview_of(desk, shown),
        images=of_kind(desk.files, FileKind.IMAGE),
        stamp=stamp_of(desk.draft.pages.get(page)),
    )


def preview_of(desk: Desk, text: str) -> Markup:
    """Return a text as participants will read it, with the draft's pictures, and what to mend."""
    images = url_for("draft_texts.image", draft_id=desk.draft.id, name="-").removesuffix("-")
    # What is longer can't be saved either.
    shown = text[:LONGEST_PAGE]
    names = {file.name for file in of_kind(desk.files, FileKind.IMAGE)}
    said = render_template(
        "drafts/_previewed.html",
        html=render_markdown(shown, images),
        elsewhere=pictures_elsewhere(shown),
        lacking=pictures_lacking(shown, names),
    )
    return Markup(said)  # noqa: S704 - a template's own output


@bp.post("/organise/drafts/<int:draft_id>/pages/<page>")
@access(Who.DRAFT_PERSON)
def save_page(draft_id: int, page: str) -> str | BaseResponse:
    """Save a tab, or show what it would look like."""
    form = PageForm()
    if request.form.get("then") == "preview":
        desk = desk_of(reading(), draft_id)
        return _edit(desk, form, page, form.markdown.data or "")

    def edit(draft: ChallengeDraft) -> None:
        require_same_step(request.form.get("stamp", ""), _text(draft, page))
        rename_page(draft, page, form.slug.data)
        draft.pages[form.slug.data] = _unix(form.markdown.data)

    here = url_for("draft_texts.edit", draft_id=draft_id, page=form.slug.data or page)

    def again(desk: Desk) -> str:
        return _edit(desk, form, page, form.markdown.data or "")

    return saved(draft_id, Step.PAGES, form, edit, again, here=here)


def _unix(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")


def _text(draft: ChallengeDraft, page: str) -> str:
    if page not in draft.pages or page in RESERVED_PAGES:
        raise NotFound(N_("This draft has no page %(name)s."), name=page)
    return draft.pages[page]


@bp.post("/organise/drafts/<int:draft_id>/pages/<page>/<any(up, down, remove):what>")
@access(Who.DRAFT_PERSON)
def arrange(draft_id: int, page: str, what: str) -> BaseResponse:
    """Move a tab before or after its neighbour, or take it away."""

    def edit(draft: ChallengeDraft) -> None:
        _text(draft, page)
        order = page_order(draft.definition, draft.pages)
        if what == "remove":
            del draft.pages[page]
            order.remove(page)
        else:
            at = order.index(page)
            to = max(0, at - 1) if what == "up" else min(len(order) - 1, at + 1)
            order[at], order[to] = order[to], order[at]
        draft.definition["pages"] = order

    save(draft_id, Step.PAGES, edit)
    return redirect(address(draft_id, Step.PAGES), 303)


@bp.post("/organise/drafts/<int:draft_id>/preview")
@access(Who.DRAFT_PERSON)
def preview(draft_id: int) -> Response:
    """Say what a text looks like, for the page on which it is being written."""
    desk = desk_of(reading(), draft_id)
    return jsonify({"html": preview_of(desk, request.form.get("markdown", ""))})


@bp.get("/organise/drafts/<int:draft_id>/rules")
@access(Who.DRAFT_PERSON)
def rules(draft_id: int) -> str:
    """Show the rules that participants accept."""
    desk = desk_of(reading(), draft_id)
    text = desk.draft.pages.get(RULES, "")
    return _rules(desk, RulesForm(data={"markdown": text}), text)


def _rules(desk: Desk, form: RulesForm, shown: str) -> str:
    return render(
        desk,
        Step.RULES,
        "drafts/rules.html",
        form=form,
        html=preview_of(desk, shown),
        stamp=stamp_of(desk.draft.pages.get(RULES, "")),
    )


@bp.post("/organise/drafts/<int:draft_id>/rules")
@access(Who.DRAFT_PERSON)
def save_rules(draft_id: int) -> str | BaseResponse:
    """Save the rules, or show what they would look like."""
    form = RulesForm()
    if request.form.get("then") == "preview":
        return _rules(desk_of(reading(), draft_id), form, form.markdown.data or "")

    def edit(draft: ChallengeDraft) -> None:
        require_same_step(request.form.get("stamp", ""), draft.pages.get(RULES, ""))
        draft.pages[RULES] = _unix(form.markdown.data)
        draft.definition["pages"] = page_order(draft.definition, draft.pages)

    def again(desk: Desk) -> str:
        return _rules(desk, form, form.markdown.data or "")

    return saved(draft_id, Step.RULES, form, edit, again)


def _picture_limit(_session: object, _arguments: dict[str, object]) -> int:
    return MOST_PICTURE_BYTES


@bp.post("/organise/drafts/<int:draft_id>/images")
@access(Who.DRAFT_PERSON)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(_picture_limit)
def add_image(draft_id: int) -> BaseResponse:
    """Take a picture for the pages: what it is, its bytes say."""
    upload = received(request)
    kind = picture_type(upload.beginning(PICTURE_BYTES))
    if kind is None:
        raise Invalid(
            N_("This is no PNG, JPEG, GIF or WebP. An SVG can hold script."), field="file"
        )
    name = _picture_name(upload.filename, kind)
    upload.store()
    given = GivenFile(FileKind.IMAGE, name, upload.sha256, upload.size)
    with writing() as session:
        add_files(session, draft_id, [given], By(viewer().account_id, now()))
        session.commit()
    flash(_("Write ![what it shows](images/%(name)s) where it belongs.", name=name), "success")
    target = address(draft_id, Step.PAGES)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return jsonify(location=target)
    return redirect(target, 303)


def _picture_name(filename: str, kind: str) -> str:
    stem, _dot, suffix = filename.rpartition(".")
    named = f".{suffix.lower()}" in PICTURES[kind]
    plain = as_slug(stem if named else filename)[:60]
    name = f"{plain}.{suffix.lower()}" if named else f"{plain}{PICTURES[kind][0]}"
    return name if is_picture_name(name) else f"picture{PICTURES[kind][0]}"


@bp.get("/organise/drafts/<int:draft_id>/images/<name>")
@access(Who.DRAFT_PERSON)
def image(draft_id: int, name: str) -> Response:
    """Send a picture of the draft to who writes it."""
    images = of_kind(files_of_draft(reading(), draft_id), FileKind.IMAGE)
    found = next((file for file in images if file.name == name), None)
    if found is None:
        raise NotFound(N_("This draft has no picture %(name)s."), name=name)
    return send_picture(request, services().files, sha256=found.sha256, name=found.name)


@bp.post("/organise/drafts/<int:draft_id>/images/<int:file_id>/remove")
@access(Who.DRAFT_PERSON)
def remove_image(draft_id: int, file_id: int) -> BaseResponse:
    """Take a picture away."""
    with writing() as session:
        remove_file(session, draft_id, file_id, by=By(viewer().account_id, now()))
        session.commit()
    return redirect(address(draft_id, Step.PAGES), 303)
