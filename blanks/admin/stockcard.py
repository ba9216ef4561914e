"""The stock card (kartu stok) of an account: page and export."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.site import site
from staff.typed import number_in
from tracking.admin.exports import moment
from tracking.queries.timeline import names
from tracking.spreadsheets import csv_answer, csv_line, harmless

from ..ledger import Cause
from ..models import Account
from ..papers.workbook import MOST_ROWS, workbook
from ..queries import stockcard as queries
from ..queries.stockcard import Period, Row, Totals
from .fields import EARLIEST, Day
from .frame import asked_by, page

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PeriodForm(forms.Form):
    """From day to day; the month until today unless told."""

    first = forms.DateField(label=gettext_lazy("Dari"), widget=Day())
    last = forms.DateField(label=gettext_lazy("Sampai"), widget=Day())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            first, last = cleaned["first"], cleaned["last"]
            if last < first:
                self.add_error("last", _("Akhir periode mendahului awalnya."))
            if first < EARLIEST or last > timezone.localdate() + timedelta(days=366):
                self.add_error("first", _("Periode ini di luar buku blanko. Periksa tahunnya."))
        return cleaned

    @classmethod
    def of(cls, request: HttpRequest) -> "PeriodForm":
        today = timezone.localdate()
        usual = {"first": today.replace(day=1).isoformat(), "last": today.isoformat()}
        asked = {name: request.GET[name] for name in usual if request.GET.get(name)}
        return cls({**usual, **asked}, auto_id="kartu-%s")

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])

    @property
    def query(self) -> str:
        return f"first={self.cleaned_data['first']}&last={self.cleaned_data['last']}"


def view(request: HttpRequest, account_id: int) -> HttpResponse:
    """Opening balance, each movement with the balance after it, closing balance."""
    asked_by(request, "view_account")
    account = _account(account_id)
    form = PeriodForm.of(request)
    title = _("Kartu stok: %(account)s") % {"account": account}
    accounts = Account.objects.select_related("kecamatan")
    if not form.is_valid():
        return page(
            request, "stock_card.html", title, status=422, account=account, form=form, accounts=accounts
        )
    frame = queries.totals(account, form.period)
    after = number_in(request.GET.get("sesudah")) or 0
    balance = queries.before(account, form.period, frame.opening, after)
    found = queries.rows(account, form.period, balance, after, PAGE + 1)
    rows = found[:PAGE]
    return page(
        request,
        "stock_card.html",
        title,
        account=account,
        accounts=accounts,
        form=form,
        frame=frame,
        carried=balance if after else None,
        rows=[_shown(row) for row in _with_words(rows)],
        next=rows[-1].id if len(found) > PAGE else None,
        later=len(found) > PAGE,
    )


def export(request: HttpRequest, account_id: int, kind: str) -> HttpResponseBase:
    """The whole period as CSV (streamed) or as a workbook."""
    asked_by(request, "view_account")
    account = _account(account_id)
    form = PeriodForm.of(request)
    if kind not in ("csv", "xlsx") or not form.is_valid():
        raise Http404
    frame = queries.totals(account, form.period)
    name = f"kartu-stok-{slugify(str(account))}-{form.period.first}-{form.period.last}.{kind}"
    lines = _lines(account, form.period, frame)
    if kind == "csv":
        return csv_answer((csv_line(harmless(str(cell)) for cell in line) for line in lines), name)
    book = workbook(_limited(lines), sheet=_("Kartu stok"), widths=_WIDTHS)
    response = HttpResponse(book, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


_WIDTHS = (18, 34, 30, 12, 12, 14, 28, 34, 30)


def _lines(account: Account, period: Period, frame: Totals) -> Iterator[tuple[Any, ...]]:
    yield (_("Rekening"), str(account))
    yield (_("Periode"), f"{period.first:%d-%m-%Y}", f"{period.last:%d-%m-%Y}")
    yield (
        *(_("Waktu"), _("Sebab"), _("Lawan"), _("Masuk"), _("Keluar"), _("Saldo")),
        *(_("Dokumen"), _("Keterangan"), _("Oleh")),
    )
    yield ("", _("Saldo awal"), "", "", "", frame.opening)
    for some in queries.all_rows(account, period, frame.opening):
        for row in map(_shown, _with_words(some)):
            paper = row["document"] or (_("Tumpukan %(id)s") % {"id": row["batch"]} if row["batch"] else "")
            yield (
                *(moment(row["at"]), row["cause"], row["other"], row["came"] or "", row["went"] or ""),
                *(row["balance"], paper, row["reason"], row["who"]),
            )
    yield ("", _("Saldo akhir"), "", frame.came, frame.went, frame.closing)


def _limited(lines: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for n, line in enumerate(lines):
        if n >= MOST_ROWS:
            yield (_("Terlalu panjang untuk satu lembar. Unduh CSV, atau pilih periode yang lebih pendek."),)
            return
        yield line


def _with_words(rows: list[Row]) -> Iterator[tuple[Row, str, str]]:
    people = names({row.actor for row in rows})
    others = {a.pk: str(a) for a in Account.objects.select_related("kecamatan")}
    for row in rows:
        yield row, others[row.other_id], people[row.actor].partition(" (")[0]


def _shown(row_in_words: tuple[Row, str, str]) -> dict[str, Any]:
    row, other, who = row_in_words
    cause = Cause(row.cause).label
    return {**row._asdict(), "cause": cause, "other": other, "who": who, "batch": row.batch_id}


def _account(key: int) -> Account:
    account = Account.objects.select_related("kecamatan").filter(pk=key).first() if key < 2**15 else None
    if account is None:
        raise Http404
    return account


site.page("blanks/stok/kartu/<int:account_id>/", view, "blanks_stock_card")
site.page("blanks/stok/kartu/<int:account_id>/ekspor/<slug:kind>/", export, "blanks_stock_card_export")
