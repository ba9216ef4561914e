"""A batch's page: its cards as they stand, what the printer said, and the ways to say more."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from staff.typed import number_in
from tracking.queries.timeline import names
from tracking.stages import Reason, Stage

from ..actions import Line
from ..actions.results import fault
from ..ledger import Outcome
from ..models import BatchCard, PrintBatch, Reject
from ..queries import printing as queries
from .frame import asked_by, page
from .result_forms import BulkForm, FileForm

A_PAGE = 100
REJECTS_SHOWN = 200
RECORDED = "recorded"  # in the session: what became of the results that were just sent


def the_batch(key: int | str) -> PrintBatch:
    """The batch, or 404."""
    found = PrintBatch.objects.select_related("kecamatan").filter(pk=number_in(str(key)) or 0).first()
    if found is None:
        raise Http404
    return found


def page_of(request: HttpRequest, key: int | str, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Its page. `forms` are those that were sent and have to be put right."""
    user = asked_by(request, "view_printbatch")
    batch = the_batch(key)
    after_line = number_in(request.GET.get("sesudah"), 8) or 0
    lines = queries.lines(batch, after=after_line, most=A_PAGE + 1)
    refused = list(queries.open_rejects(batch)[:REJECTS_SHOWN])
    recorded = request.session.get(RECORDED)
    if recorded and recorded["batch"] == batch.pk:
        del request.session[RECORDED]
    else:
        recorded = None
    just_refused = refused if recorded else []
    open_lines = BatchCard.objects.filter(batch_id=batch.pk, open=True).count()
    return page(
        request,
        "batch.html",
        str(batch),
        status=status,
        batch=batch,
        who=names([batch.actor])[batch.actor],
        left=open_lines,
        lines=[(one, _state(one), *_typed(one, forms.get("typed"), just_refused)) for one in lines[:A_PAGE]],
        wrong_lines=bool(just_refused),
        more=lines[A_PAGE - 1].line if len(lines) > A_PAGE else None,
        after=after_line,
        outcomes=_outcomes(batch),
        refused=[(one, _outcome(one.outcome), fault(one.reason)) for one in refused],
        recorded=recorded,
        may_record=user.has_perm("blanks.add_result"),
        choices=Outcome.choices,
        empty_bulk=BulkForm(batch),
        empty_file=FileForm(),
        **{"bulk": None, "file": None, **forms},
    )


def _typed(
    line: queries.BatchLine, typed: dict[int, Line] | None, refused: list[Reject]
) -> tuple[Line | Reject | None, str]:
    """What was typed for an open card and not booked, and why it was refused."""
    if typed:
        return typed.get(line.line), ""
    newest = next((one for one in refused if one.card_id == line.card_id), None)
    return newest, fault(newest.reason) if newest else ""


def _outcome(value: str) -> str:
    """An outcome in words, or what was written instead of one."""
    return str(Outcome(value).label) if value in Outcome.values else value


def _state(line: queries.BatchLine) -> str:
    """What a card of the batch came to, in words."""
    if line.open:
        return _("di pencetak")
    if line.outcome:
        label = _outcome(line.outcome)
        return _("%(outcome)s, terlambat: blankonya rusak") % {"outcome": label} if line.late else label
    why = str(Reason(line.left_why).label) if line.left_why in Reason.values else line.left_why or ""
    where = str(Stage(line.left_to).label) if line.left_to in Stage.values else ""
    return _("keluar: %(why)s") % {"why": " · ".join(filter(None, [where, why]))}


def _outcomes(batch: PrintBatch) -> list[tuple[str, int]]:
    """How its cards ended: the last word on each, and those that left without one."""
    counted: dict[str, int] = {}
    for line in queries.lines(batch):
        key = "open" if line.open else "late" if line.late else line.outcome or "left"
        counted[key] = counted.get(key, 0) + 1
    ends = [("late", _("terlambat")), ("left", _("keluar tanpa hasil"))]
    labels = [("open", _("di pencetak")), *((str(one), str(one.label)) for one in Outcome), *ends]
    return [(label, counted[key]) for key, label in labels if counted.get(key)]
