"""How a paper is booked: a form, a preview of what will be booked, the booking. Nothing typed is lost on the way."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from staff.models import User
from tracking.refusals import Refused

from ..models import Document
from ..papers.base import thousands
from .fields import PaperForm
from .frame import a_request, asked_by, away, page, request_of

REFUSED = 422


@dataclass(frozen=True)
class Change:
    """What a balance will be."""

    account: Any
    before: int
    by: int
    why: str = ""

    @property
    def after(self) -> int:
        return self.before + self.by


@dataclass
class Preview:
    """What will be booked, in words and figures."""

    facts: list[tuple[Any, Any]]
    changes: list[Change]
    warnings: list[Any] = field(default_factory=list)
    forbidden: Any = ""  # why this person may not book it

    @property
    def told(self) -> list[tuple[Any, Any]]:
        """The facts for a reader: quantities with their points, serials and names as they are written."""
        return [(name, thousands(what) if isinstance(what, int) else what) for name, what in self.facts]


class Paper:
    """One kind of paper: who may book it, its form, what it will do, and the booking itself."""

    title: Any = ""
    lead: Any = ""
    button: Any = ""
    done: Any = ""
    right = "add_movement"
    template = "stock_form.html"

    def form(self, data: Any, user: User, *, fresh: bool) -> PaperForm:
        """The form with what was typed; `fresh` if it is about to be looked at anew."""
        raise NotImplementedError

    def preview(self, form: Any) -> Preview:
        raise NotImplementedError

    def book(self, data: dict[str, Any], *, by: User, request: UUID) -> Document:
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What else the page shows."""
        return {}


def serve(request: HttpRequest, paper: Paper) -> HttpResponse:
    """GET the form; POST it for its preview; POST the preview → 303 to the document."""
    user = asked_by(request, paper.right)
    if request.method != "POST":
        return _form(request, paper, paper.form(None, user, fresh=True), a_request())
    again = request_of(request.POST)
    if done := Document.objects.filter(request=again).first():
        return away("blanks_document_change", done.pk)
    step = request.POST.get("step")
    form = paper.form(request.POST, user, fresh=step != "book")
    if step == "edit":
        return _form(request, paper, form, str(again))
    if not form.is_valid():
        return _form(request, paper, form, str(again), REFUSED)
    shown = paper.preview(form)
    if step != "book" or shown.forbidden:
        return _preview(request, paper, form, shown, str(again))
    try:
        document = paper.book(form.cleaned_data, by=user, request=again)
    except Refused as refused:
        form = paper.form(request.POST, user, fresh=True)
        if not form.is_valid():  # the form itself now knows better what is wrong
            return _form(request, paper, form, str(again), REFUSED)
        shown = paper.preview(form)
        shown.warnings.insert(0, refused)
        return _preview(request, paper, form, shown, str(again), REFUSED)
    messages.success(request, paper.done % {"number": document.number})
    return away("blanks_document_change", document.pk)


def _form(request: HttpRequest, paper: Paper, form: PaperForm, again: str, status: int = 200) -> HttpResponse:
    failed = _("Kesalahan") if status == REFUSED else ""
    return page(
        request,
        paper.template,
        paper.title,
        status=status,
        paper=paper,
        form=form,
        again=again,
        failed=failed,
        **paper.context(),
    )


def _preview(
    request: HttpRequest, paper: Paper, form: PaperForm, shown: Preview, again: str, status: int = 200
) -> HttpResponse:
    return page(
        request,
        "stock_preview.html",
        paper.title,
        status=status,
        paper=paper,
        form=form,
        shown=shown,
        again=again,
    )
