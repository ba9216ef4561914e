"""`/statistik/`: how many cards are where, from the counters the database keeps; the same figures as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..public import charts, dates, figures
from ..public.answer import open_page
from ..public.fresh import kept
from ..spreadsheets import MARK
from ..stages import Stage

TREND = (Stage.DEDUPLICATING, Stage.WAITING_FOR_BLANK, Stage.DELIVERED)
"""Stages whose line is drawn; the table has all."""
FILES = {
    "tahap": figures.as_csv,
    "wajib": figures.shares_csv,
    "tren": figures.trend_csv,
    "lama": figures.lengths_csv,
}


@require_safe
@kept
def statistics(request: HttpRequest) -> HttpResponse:
    """The share served, the stages, the kecamatan, the weeks gone by. For everybody."""
    found = figures.figures()
    most = max(found.city.counts) or 1
    return open_page(
        request,
        "statistics.html",
        figures=found,
        stages=[
            (
                stage,
                found.city.by_stage[stage],
                found.city.outside[stage],
                round(100 * found.city.by_stage[stage] / most),
            )
            for stage in Stage
        ],
        waiting=Stage.WAITING_FOR_BLANK,
        names=list(Stage),
        charts=[
            chart
            for stage in TREND
            if (
                chart := charts.line(
                    str(stage.label), [(day.day, day.by_stage[stage]) for day in found.trend]
                )
            )
        ],
        target=figures.TARGET,
        now=dates.now(),
    )


@require_safe
@kept
def file(request: HttpRequest, name: str) -> HttpResponse:
    """One table of the page as CSV. For everybody."""
    lines = FILES.get(name)
    if lines is None:
        raise Http404
    today = dates.now().date()
    body = MARK + "".join(lines(figures.figures(), today))
    return HttpResponse(body, content_type="text/csv; charset=utf-8")
