"""Division of blanks over the kecamatan: the preview, what a supervisor changes in it, and what was done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import User
from staff.site import site
from tracking.admin.deeds import NO_NIK
from tracking.queries.timeline import names
from tracking.refusals import Refused

from ..actions import divide, return_quota
from ..actions.divide import MovedMeanwhile, ReasonForChange
from ..division import Proposal, Share, Strategy, propose, reached
from ..ledger import ACCOUNT, DocumentKind, Place
from ..models import Account, Document
from ..papers.base import thousands
from ..queries import division as queries
from .fields import QuantityField
from .frame import a_request, asked_by, away, page, request_of


class DivisionForm(forms.Form):
    """How many, and how."""

    jumlah = QuantityField(label=gettext_lazy("Jumlah blanko yang dibagikan"), least=1)
    cara = forms.ChoiceField(label=gettext_lazy("Cara membagi"), choices=Strategy.choices)

    def __init__(self, data: Any = None, *, store: int) -> None:
        super().__init__(data, auto_id="bagi-%s", initial={"jumlah": thousands(store) if store else ""})
        self.store = store
        self.fields["jumlah"].error_messages["required"] = _("Isi jumlah blanko yang dibagikan.")

    def clean_jumlah(self) -> int:
        quantity: int = self.cleaned_data["jumlah"]
        if quantity > self.store:
            raise forms.ValidationError(
                _("Di gudang kota hanya ada %(n)s blanko. Kurangi jumlahnya.") % {"n": thousands(self.store)}
            )
        return quantity


class FiguresForm(forms.Form):
    """What each kecamatan gets, where a supervisor sets it otherwise, and why."""

    why = forms.CharField(
        label=gettext_lazy("Alasan perubahan"),
        help_text=gettext_lazy("Wajib jika ada angka yang diubah. Disimpan bersama pembagiannya."),
        max_length=500,
        required=False,
        validators=[NO_NIK],
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(data, auto_id="bagi-%s")
        self.proposal = proposal
        for share in proposal.shares:
            field = QuantityField(label=share.name, initial=thousands(share.gets))
            self.fields[f"dapat-{share.kecamatan_id}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        total = sum(self._typed(share) for share in self.proposal.shares)
        if total > self.proposal.quantity:
            self.add_error(
                None,
                _("Jumlah semua kecamatan %(total)s, padahal yang dibagikan %(n)s. Kurangi %(over)s.")
                % {
                    "total": thousands(total),
                    "n": thousands(self.proposal.quantity),
                    "over": thousands(total - self.proposal.quantity),
                },
            )
        return cleaned

    def gets(self, share: Share) -> int:
        """The figure as it stands in the form, if it is one."""
        self.is_valid()  # whatever else is wrong, the figures are those of the form
        return self._typed(share) if self.is_bound else share.gets

    def _typed(self, share: Share) -> int:
        value = self.cleaned_data.get(f"dapat-{share.kecamatan_id}")
        return share.gets if value is None else int(value)

    def changes(self) -> dict[int, int]:
        return {share.kecamatan_id: self.gets(share) for share in self.proposal.shares}


@dataclass(frozen=True)
class Row:
    """A line of the preview."""

    share: Share
    field: forms.BoundField
    gets: int
    reaches: str
    why: str

    @property
    def quota_after(self) -> int:
        return self.share.quota + self.gets

    @property
    def changed(self) -> bool:
        return self.gets != self.share.gets


def division(request: HttpRequest) -> HttpResponse:
    """GET the form and the preview of what it asks for; POST divides exactly as previewed."""
    user = asked_by(request, "view_account")
    if request.method == "POST":
        asked_by(request, "add_movement")
        return _decide(request, user)
    form = DivisionForm(request.GET if "jumlah" in request.GET else None, store=_store())
    if not form.is_valid():
        return _page(request, user, form, status=422 if form.is_bound else 200)
    proposal = propose(form.cleaned_data["jumlah"], form.cleaned_data["cara"])
    return _page(request, user, form, FiguresForm(proposal))


def _decide(request: HttpRequest, user: User) -> HttpResponse:
    if done := Document.objects.filter(request=request_of(request.POST)).first():
        return away("blanks_division_document", done.pk)  # the answer was lost; it is done all the same
    form = DivisionForm(request.POST, store=_store())
    if not form.is_valid():
        return _page(request, user, form, status=422)
    proposal = propose(form.cleaned_data["jumlah"], form.cleaned_data["cara"])
    figures = FiguresForm(proposal, request.POST)
    if not figures.is_valid() or "hitung" in request.POST:
        return _page(request, user, form, figures, status=200 if figures.is_valid() else 422)
    try:
        document, _proposal = divide(
            proposal.quantity,
            by=user,
            strategy=proposal.strategy,
            expected=request.POST.get("fingerprint", "-"),
            changes=figures.changes(),
            why=figures.cleaned_data["why"].strip(),
            request=request_of(request.POST),
        )
    except MovedMeanwhile as moved:
        messages.warning(request, str(moved))
        now = propose(proposal.quantity, proposal.strategy)
        return _page(request, user, form, FiguresForm(now), status=409)
    except ReasonForChange as missing:
        figures.add_error("why", str(missing))
        return _page(request, user, form, figures, status=422)
    except Refused as refused:
        figures.add_error(None, str(refused))
        return _page(request, user, form, figures, status=422)
    if document is None:
        messages.info(
            request, _("Tidak ada kecamatan yang membutuhkan blanko sekarang. Blanko tetap di gudang kota.")
        )
        return away("blanks_division")
    messages.success(request, _("Blanko sudah dibagikan."))
    return away("blanks_division_document", document.pk)


def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """A division with all that it was computed from, or what was taken back."""
    asked_by(request, "view_account")
    kinds = (DocumentKind.DIVISION, DocumentKind.RETURN)
    found = get_object_or_404(Document, pk=document_id, kind__in=kinds)
    basis = found.basis if found.kind == DocumentKind.DIVISION else None
    if found.kind == DocumentKind.DIVISION and basis is None:
        raise Http404
    rows = queries.rows(basis) if basis else []
    return page(
        request,
        "division_document.html",
        str(found),
        document=found,
        who=names([found.actor])[found.actor],
        movements=found.movements.select_related("from_account__kecamatan", "to_account__kecamatan").order_by(
            "id"
        ),
        basis=basis,
        strategy=Strategy(basis["strategy"]).label if basis else "",
        rows=rows,
        given=sum(row.given for row in rows),
        recomputes=queries.recomputes(basis) if basis else None,
    )


class ReturnForm(forms.Form):
    """Blanks that lie where nobody waits for them go back, or where they are needed."""

    kecamatan = forms.TypedChoiceField(label=gettext_lazy("Dari jatah"), coerce=int)
    jumlah = QuantityField(label=gettext_lazy("Jumlah"), least=1)
    ke = forms.TypedChoiceField(label=gettext_lazy("Ke"), coerce=int, required=False, empty_value=None)
    why = forms.CharField(label=gettext_lazy("Alasan"), max_length=500, validators=[NO_NIK])

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="tarik-%s")
        quotas = queries.quotas()
        fields: Any = self.fields
        fields["kecamatan"].choices = [("", "—")] + [
            (q.kecamatan_id, f"{q.name}: {thousands(q.balance)}") for q in quotas if q.balance
        ]
        fields["ke"].choices = [("", _("Gudang kota")), *((q.kecamatan_id, q.name) for q in quotas)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("ke") and cleaned.get("ke") == cleaned.get("kecamatan"):
            self.add_error("ke", _("Pilih tujuan lain: blanko sudah ada di jatah itu."))
        return cleaned


def take_back(request: HttpRequest) -> HttpResponse:
    """Take blanks out of a quota."""
    user = asked_by(request, "add_movement")
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            done = return_quota(
                given["kecamatan"],
                given["jumlah"],
                by=user,
                why=given["why"],
                to=given["ke"],
                request=request_of(request.POST),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Jatah sudah dipindah."))
            return away("blanks_division_document", done.pk)
    status = 422 if form.is_bound else 200
    return page(request, "division_return.html", _("Tarik atau pindahkan jatah"), status=status, form=form,
                request_id=request.POST.get("request") or a_request())  # fmt: skip


def _page(
    request: HttpRequest,
    user: User,
    form: DivisionForm,
    figures: FiguresForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    rows = list(_rows(figures)) if figures else []
    proposal = figures.proposal if figures else propose(0)
    given = sum(row.gets for row in rows)
    return page(
        request,
        "division.html",
        _("Bagi blanko"),
        status=status,
        form=form,
        figures=figures,
        rows=rows,
        proposal=proposal,
        given=given,
        left=proposal.quantity - given,
        totals={
            name: sum(getattr(share, name) for share in proposal.shares)
            for name in ("waiting", "blocked", "quota", "need")
        },
        may_divide=user.has_perm("blanks.add_movement"),
        request_id=request.POST.get("request") or a_request(),
        done=queries.divisions()[:10],
    )


def _rows(figures: FiguresForm) -> Iterator[Row]:
    proposal = figures.proposal
    given = {share.kecamatan_id: figures.gets(share) for share in proposal.shares}
    last = reached({s.kecamatan_id: s.quota + given[s.kecamatan_id] for s in proposal.shares})
    for share in proposal.shares:
        gets, reaches = given[share.kecamatan_id], last[share.kecamatan_id]
        why = (
            _("Diubah; menurut hitungan %(n)s") % {"n": share.gets}
            if gets != share.gets
            else _why(share, proposal)
        )
        yield Row(share, figures[f"dapat-{share.kecamatan_id}"], gets, reaches, why)


def _why(share: Share, proposal: Proposal) -> str:
    if not share.waiting:
        return _("Tidak ada yang menunggu")
    if not share.need:
        return _("Jatahnya cukup untuk semua yang menunggu")
    if share.gets == share.need:
        return _("Semua kebutuhannya terpenuhi")
    if proposal.strategy == Strategy.OLDEST_FIRST:
        return _("%(n)s dari permohonan tertua di kota ada di sini") % {"n": share.gets}
    whole, rest = divmod(proposal.quantity * share.need, sum(one.need for one in proposal.shares))
    if not rest:
        return _("Tepat sebanding")
    return _("Dibulatkan ke atas: sisanya terbesar") if share.gets > whole else _("Dibulatkan ke bawah")


def _store() -> int:
    return Account.objects.get(pk=ACCOUNT[Place.STORE]).balance


site.page("blanks/pembagian/", division, "blanks_division")
site.page("blanks/pembagian/tarik/", take_back, "blanks_return")
site.page("blanks/pembagian/<int:document_id>/", document, "blanks_division_document")
