"""What the printer made of a batch: by hand, all at once, by scanner, or from the printer's file."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from tracking.refusals import Refused
from tracking.spreadsheets import csv_answer, csv_line, harmless

from .. import resultfile
from ..actions import Line, Recorded, record_lines
from ..actions.results import fault
from ..ledger import Outcome
from ..models import PrintBatch
from ..queries import printing as queries
from .batch import RECORDED, page_of, the_batch
from .frame import asked_by, away, page
from .result_forms import BulkForm, FileForm, ScanCard, ScanSerial


def by_hand(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The lines of one page of the batch: what was filled in is booked."""
    user = asked_by(request, "add_result")
    batch = the_batch(batch_id)
    if request.method != "POST":
        return away("blanks_printbatch_change", batch.pk)
    given = [line for one in queries.lines(batch) if (line := _typed(request, one))]
    try:
        recorded = record_lines(batch, given, by=user)
    except Refused as refused:
        messages.error(request, str(refused))
        typed = {line.line: line for line in given}
        return page_of(request, batch.pk, status=422, typed=typed)
    _keep(request, batch, len(given), recorded)
    after = request.POST.get("sesudah", "")
    return away(
        "blanks_printbatch_change", batch.pk, query=f"?sesudah={int(after)}" if after.isdecimal() else ""
    )


def _typed(request: HttpRequest, one: queries.BatchLine) -> Line | None:
    serial = request.POST.get(f"seri-{one.line}", "").strip()
    outcome = request.POST.get(f"hasil-{one.line}", "")
    if not serial and not outcome:
        return None
    return Line(one.card_id, outcome or Outcome.PRINTED, serial, line=one.line, card=one.number)


def at_once(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Consecutive serials for the open lines: shown first, booked as shown."""
    user = asked_by(request, "add_result")
    batch = the_batch(batch_id)
    form = BulkForm(batch, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page_of(request, batch.pk, status=422 if form.is_bound else 200, bulk=form)
    if request.POST.get("seperti") != form.fingerprint:
        if "seperti" in request.POST:
            messages.warning(
                request, _("Tumpukan ini berubah sejak pratinjau. Belum ada yang dicatat: periksa lagi.")
            )
        title = _("Catat %(n)s hasil sekaligus") % {"n": len(form.lines)}
        return page(request, "results_preview.html", title, batch=batch, form=form, lines=_shown(form.lines))
    try:
        recorded = record_lines(batch, form.lines, by=user)
    except Refused as refused:
        form.add_error(None, str(refused))
        return page_of(request, batch.pk, status=422, bulk=form)
    _keep(request, batch, len(form.lines), recorded)
    return away("blanks_printbatch_change", batch.pk)


def _shown(lines: list[Line], most: int = 10) -> list[tuple[Line, str] | None]:
    """The first and the last of them, and every one that is not simply printed; None where some are left out."""
    shown: list[tuple[Line, str] | None] = []
    for n, line in enumerate(lines):
        if n < most or n >= len(lines) - 3 or line.outcome != Outcome.PRINTED:
            shown.append((line, str(Outcome(line.outcome).label)))
        elif shown and shown[-1] is not None:
            shown.append(None)
    return shown


def scan(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One field: the code of a card, Enter, then the serial of its blank, Enter."""
    user = asked_by(request, "add_result")
    batch = the_batch(batch_id)
    if request.method != "POST":
        card = ScanCard(batch, {"kode": request.GET["kartu"]}) if "kartu" in request.GET else None
        if card and card.is_valid():
            return _scan_page(request, batch, ScanSerial(card.cleaned_data["kode"]))
        return _scan_page(request, batch, card or ScanCard(batch))
    if "seri" not in request.POST:
        card = ScanCard(batch, request.POST)
        if not card.is_valid():
            return _scan_page(request, batch, card)
        return away("blanks_batch_scan", batch.pk, query=f"?kartu={card.cleaned_data['kode'].number}")
    card = ScanCard(batch, request.POST)
    if not card.is_valid():
        return _scan_page(request, batch, card)
    form = ScanSerial(card.cleaned_data["kode"], request.POST)
    if form.is_valid() and form.book(batch, by=user):
        messages.success(request, form.said)
        return away("blanks_batch_scan", batch.pk)
    return _scan_page(request, batch, form)


def _scan_page(request: HttpRequest, batch: PrintBatch, form: ScanCard | ScanSerial) -> HttpResponse:
    return page(
        request,
        "results_scan.html",
        _("Pindai tumpukan %(n)s") % {"n": batch.pk},
        status=422 if form.is_bound and form.errors else 200,
        batch=batch,
        form=form,
        left=sum(line.open for line in queries.lines(batch)),
    )


def upload(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The printer's result file; counts by outcome are on the page that follows."""
    user = asked_by(request, "add_result")
    batch = the_batch(batch_id)
    form = FileForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return page_of(request, batch.pk, status=422 if form.is_bound else 200, file=form)
    try:
        given = _from_file(batch, form.cleaned_data["berkas"].read(resultfile.MOST_BYTES + 1))
        recorded = record_lines(batch, given, by=user)
    except (resultfile.Unreadable, Refused) as wrong:
        form.add_error("berkas", str(wrong))
        return page_of(request, batch.pk, status=422, file=form)
    _keep(request, batch, len(given), recorded)
    return away("blanks_printbatch_change", batch.pk)


def _from_file(batch: PrintBatch, data: bytes) -> list[Line]:
    finder = queries.Finder(batch)
    return [
        Line(finder.card(row.code or row.number), row.outcome, row.serial, row.line, row.code or row.number)
        for row in resultfile.read(data)
    ]


def rejects(request: HttpRequest, batch_id: int) -> StreamingHttpResponse:
    """What was refused and is still open, to be put right and sent again."""
    asked_by(request, "view_printbatch")
    batch = the_batch(batch_id)
    return csv_answer(_as_csv(batch), f"ditolak-tumpukan-{batch.pk}.csv")


def _as_csv(batch: PrintBatch) -> Iterable[str]:
    words = {str(outcome): str(outcome.label).upper() for outcome in Outcome}
    yield csv_line(["NOMOR", "SERI", "HASIL", "LINE", "REASON", "MESSAGE"])
    for one in queries.open_rejects(batch).order_by("at", "line", "id"):
        cells = [
            one.card,
            one.serial,
            words.get(one.outcome, one.outcome),
            one.line or "",
            one.reason,
            fault(one.reason),
        ]
        yield csv_line(harmless(str(cell)) for cell in cells)


def _keep(request: HttpRequest, batch: PrintBatch, read: int, recorded: Recorded) -> None:
    """For the page that follows: how each line ended."""
    request.session[RECORDED] = {
        "batch": batch.pk,
        "read": read,
        "booked": recorded.booked,
        "unchanged": recorded.unchanged,
        "late": recorded.late,
        "rejected": len(recorded.rejects),
        "reasons": [(fault(reason), n) for reason, n in sorted(recorded.reasons.items())],
    }
