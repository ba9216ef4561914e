"""Stock count (stock opname): what is there, account by account, beside what the ledger says."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import User
from staff.site import site

from .. import spans
from ..actions.stock import Counted, count
from ..ledger import Place
from ..models import Account, Document, Range
from ..papers import stock as papers
from ..papers.base import thousands
from ..queries.accounts import balances
from ..queries.serials import received_before
from . import booking
from .booking import Change, Preview
from .fields import NamesField, PaperForm, QuantityField, SpansField, WordsField, number_field
from .frame import asked_by


class CountForm(PaperForm):
    """One figure for each account that was counted; what was not counted stays empty."""

    def __init__(self, data: Any = None, *, supervises: bool = False) -> None:
        super().__init__(data, supervises=supervises)
        now = balances()
        store, spoiled = (
            next(a for a in now.own if a.place == place) for place in (Place.STORE, Place.SPOILED)
        )
        self.accounts: list[Account] = [store, *now.quotas, spoiled]
        for account in self.accounts:
            counted = QuantityField(label=_("Dihitung, %(place)s") % {"place": account}, required=False)
            why = WordsField(label=_("Sebab bila berbeda, %(place)s") % {"place": account}, required=False)
            for name, field in (("n", counted), ("why", why)):
                field.widget.attrs["aria-label"] = field.label
                self.fields[f"{name}{account.pk}"] = field
            self.fields[f"seen{account.pk}"] = forms.IntegerField(
                initial=account.balance, widget=forms.HiddenInput, required=False
            )
        self.fields["surplus"] = SpansField(
            label=gettext_lazy("Seri blanko yang lebih"),
            most=None,
            required=False,
            help_text=gettext_lazy(
                "Bila serinya belum pernah diterima, dan untuk stok awal: satu rentang per baris."
            ),
        )
        self.fields["missing"] = SpansField(
            label=gettext_lazy("Seri blanko rusak yang tidak ada"),
            required=False,
            help_text=gettext_lazy("Blanko rusak dihitung per nomor seri. Misalnya 101, 105-110."),
        )
        self.fields["number"] = number_field(
            required=False, help_text=gettext_lazy("Kosongkan untuk nomor otomatis.")
        )
        self.fields["witnesses"] = NamesField(label=gettext_lazy("Saksi, satu nama per baris"))

    @property
    def rows(self) -> list[tuple[Account, Any, Any, Any]]:
        """Each account with its three fields."""
        return [(a, self[f"n{a.pk}"], self[f"why{a.pk}"], self[f"seen{a.pk}"]) for a in self.accounts]

    @property
    def others(self) -> list[Any]:
        return [self[name] for name in ("surplus", "missing", "number", "dated", "witnesses")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        cleaned["counts"] = [
            Counted(
                account.pk,
                cleaned[f"n{account.pk}"],
                seen=cleaned[f"seen{account.pk}"] or 0,
                why=cleaned[f"why{account.pk}"],
                missing=tuple(spans.each(cleaned["missing"])) if account.place == Place.SPOILED else (),
            )
            for account in self.accounts
            if cleaned[f"n{account.pk}"] is not None
        ]
        if not cleaned["counts"]:
            self.add_error(None, _("Isi hasil hitungan paling sedikit satu tempat."))
        more = 0
        for one in cleaned["counts"]:
            more += max(one.counted - one.seen, 0)
            if one.counted != one.seen and not one.why:
                self.add_error(f"why{one.account}", _("Berbeda dari buku. Tulis sebabnya."))
        self._check_surplus(cleaned["surplus"], more)
        self._check_spoiled(cleaned["counts"], spans.quantity(cleaned["missing"]))
        return cleaned

    def _check_surplus(self, surplus: list[spans.Span], more: int) -> None:
        named = spans.quantity(surplus)
        if named and named != more:
            self.add_error(
                "surplus",
                _("Seri yang ditulis %(named)s, lebihnya %(more)s.")
                % {"named": thousands(named), "more": thousands(more)},
            )
        if more and not named and not Range.objects.exists():
            self.add_error("surplus", _("Ini stok awal: tulis rentang seri semua blanko yang dihitung."))
        for before in received_before(surplus):
            self.add_error(
                "surplus",
                _(
                    "%(serials)s sudah diterima dengan %(document)s. Seri itu bukan seri baru: jangan ditulis di sini."
                )
                % {"serials": before.span, "document": before.document},
            )

    def _check_spoiled(self, counts: list[Counted], missing: int) -> None:
        spoiled = next((one for one in counts if one.account == self.accounts[-1].pk), None)
        short = spoiled.seen - spoiled.counted if spoiled else 0
        self.must_be_in("missing", Place.SPOILED)
        if short < 0 and spoiled:
            self.add_error(
                f"n{spoiled.account}", _("Lebih dari buku. Catat dulu serinya di Rusak atau hilang.")
            )
        elif missing != short:
            self.add_error(
                "missing", _("Tulis tepat %(n)s nomor seri yang tidak ada.") % {"n": thousands(short)}
            )


class StockCount(booking.Paper):
    title = gettext_lazy("Stock opname")
    lead = gettext_lazy("Isi yang dihitung saja. Selisih dicatat oleh penyelia, dengan sebabnya.")
    button, done = (
        gettext_lazy("Catat hasil hitungan"),
        gettext_lazy("Stock opname %(number)s sudah dicatat."),
    )
    right = "add_document"
    template = "stock_count.html"

    def form(self, data: Any, user: User, *, fresh: bool) -> CountForm:
        supervises = user.has_perm("blanks.add_movement")
        if data is not None and fresh:  # the difference is to the balance of now
            data = data.copy()
            for account in Account.objects.all():
                data[f"seen{account.pk}"] = str(account.balance)
        return CountForm(data, supervises=supervises)

    def preview(self, form: CountForm) -> Preview:
        said = form.cleaned_data
        names = {account.pk: str(account) for account in form.accounts}
        changes = [
            Change(names[one.account], one.seen, one.counted - one.seen, one.why) for one in said["counts"]
        ]
        facts = [(_("Tanggal dokumen"), f"{said['dated']:%d-%m-%Y}")]
        if said["surplus"]:
            facts.append((_("Seri yang lebih"), ", ".join(map(str, said["surplus"]))))
        if said["missing"]:
            facts.append((_("Seri rusak yang tidak ada"), ", ".join(map(str, said["missing"]))))
        forbidden = ""
        if any(change.by for change in changes) and not form.supervises:
            forbidden = _(
                "Ada selisih: hanya penyelia yang boleh mencatatnya. Minta penyelia mengisi halaman ini."
            )
        return Preview(facts, changes, [], forbidden)

    def book(self, data: dict[str, Any], *, by: User, request: UUID) -> Document:
        return count(
            data["counts"],
            by=by,
            surplus=data["surplus"],
            number=data["number"],
            dated=data["dated"],
            witnesses=data["witnesses"],
            request=request,
        )


def view(request: HttpRequest) -> HttpResponse:
    return booking.serve(request, StockCount())


def sheet(request: HttpRequest) -> HttpResponse:
    """The sheet to count with, to be filled in by hand and signed."""
    asked_by(request, "view_document")
    form = CountForm()
    return papers.as_response(papers.count_sheet(form.accounts, timezone.localtime()), "lembar-hitung")


site.page("blanks/stok/hitung/", view, "blanks_count")
site.page("blanks/stok/hitung/lembar/", sheet, "blanks_count_sheet")
