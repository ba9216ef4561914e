"""What citizens of the kecamatan report or object to: nearest deadline first, answered here, ended in no other way."""

from django import forms
from django.contrib import messages
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from staff.access import looked
from staff.models import AccessLog
from tracking import codes
from tracking.actions import answer_case
from tracking.actions.cases import LONGEST, text_of
from tracking.admin.deeds import NO_NIK
from tracking.models import Card, Case
from tracking.models.case import ANSWERS
from tracking.refusals import Refused

from .frame import away, officer, own, page, person
from .queues import MOST_COUNTED, Queue, queue

SHOWN = 50


class AnswerForm(forms.Form):
    """One of the answers that fit the case, and words for the holder of the receipt."""

    answer = forms.ChoiceField(label="Jawaban", error_messages={"required": "Pilih jawabannya."})
    text = forms.CharField(
        label="Penjelasan",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[NO_NIK],
        help_text="Tampil bagi pemegang tanda terima. Tanpa NIK dan tanpa alamat.",
    )

    def __init__(self, case: Case, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        fitting = [(str(one), one.label) for one in ANSWERS[Case.Kind(case.kind)]]
        self.fields["answer"].choices = [("", "Pilih jawaban"), *fitting]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object] | None:
        data = super().clean() or {}
        if data.get("answer") == Case.Answer.OTHER and not data.get("text", "").strip():
            self.add_error("text", "Tulis penjelasan untuk jawaban “Lainnya”.")
        return data


def _open(kecamatan: int) -> QuerySet[Case]:
    return Case.objects.filter(place_id=kecamatan, answered_at__isnull=True)


@officer
def cases(request: HttpRequest) -> HttpResponse:
    """Open cases of the kecamatan with their deadlines. For its officers."""
    found = list(_open(own(request)).order_by("due_on", "pk")[:SHOWN])
    cards = Card.objects.select_related("citizen").in_bulk([case.card_id for case in found])
    looked(person(request), AccessLog.Action.LIST, list(cards), source="petugas:laporan")
    today = timezone.localdate()
    rows = [(case, cards[case.card_id].citizen.name, case.due_on < today) for case in found]
    return page(request, "cases.html", "Laporan warga", rows=rows)


@officer
@sensitive_post_parameters("text")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case, and its answer. For officers of the kecamatan to which it was reported."""
    user = person(request)
    one = Case.objects.filter(pk=case_id, place_id=own(request)).first()
    if one is None:
        raise Http404
    form = AnswerForm(one, request.POST if request.method == "POST" else None)
    error = ""
    if form.is_valid():
        try:
            answer_case(one.pk, by=user, **form.cleaned_data)
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, "Jawaban tersimpan. Warga melihatnya di halaman status.")
            return away("cases")
    looked(user, AccessLog.Action.VIEW, [one.card_id], source="petugas:laporan")
    card = Card.objects.select_related("citizen").get(pk=one.card_id)
    return page(
        request,
        "case.html",
        "Laporan warga",
        status=422 if form.errors else 409 if error else 200,
        error=error or ("Periksa isian yang ditandai." if form.errors else ""),
        case=one,
        card=card,
        code=codes.encode(card.pk),
        said=text_of(one.text_sealed),
        explained=text_of(one.answer_sealed),
        form=form,
    )


@queue
def to_answer(kecamatan: int) -> list[Queue]:
    found = _open(kecamatan).order_by("at")[: MOST_COUNTED + 1].aggregate(n=Count("pk"), oldest=Min("at"))
    late = _open(kecamatan).filter(due_on__lt=timezone.localdate()).exists()
    # its deadline is the case's own, in working days
    return [
        Queue(
            "Belum terima dan keberatan",
            found["n"],
            found["oldest"],
            reverse("petugas:cases"),
            "",
            overdue=late,
        )
    ]
