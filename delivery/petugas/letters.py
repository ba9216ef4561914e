"""At the counter too: the suket of whoever waits, and the receipt that opens the citizen's own page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from staff.access import looked
from staff.models import AccessLog
from tracking import actions
from tracking.actions.sukets import written_number
from tracking.admin.receipts import GiveForm, given, qr
from tracking.models import Receipt, Suket
from tracking.models.suket import HELPED

from ..papers.suket import suket_paper
from . import scope
from .frame import away, officer, page, person


@officer
def suket(request: HttpRequest, card_id: int) -> HttpResponse:
    """Issue, renew or void the suket of a card. For officers of its kecamatan."""
    card = scope.card(person(request), card_id)
    if request.method == "POST":
        if "batalkan" in request.POST:
            actions.end_suket(card.pk, by=person(request), reason=Suket.End.VOID)
            messages.info(request, "Suket dibatalkan.")
        else:
            actions.issue_suket(card.pk, by=person(request))
            messages.success(request, "Suket diterbitkan. Cetak dan serahkan.")
        return away("suket", card.pk)
    looked(person(request), AccessLog.Action.VIEW, [card.pk], source="petugas:suket")
    there = Suket.objects.filter(card_id=card.pk, ended_at__isnull=True).first()
    return page(
        request,
        "suket.html",
        "Suket",
        card=card,
        there=there,
        number=written_number(there) if there else "",
        may=card.stage in HELPED,
    )


@officer
def suket_pdf(request: HttpRequest, card_id: int) -> HttpResponse:
    """The letter as PDF, by POST: it carries the NIK, so each print is on record. For officers of its kecamatan."""
    card = scope.card(person(request), card_id)
    there = Suket.objects.filter(card_id=card.pk, ended_at__isnull=True).first()
    if request.method != "POST" or there is None:
        raise Http404
    looked(
        person(request), AccessLog.Action.REVEAL, [card.pk], source="petugas:suket", reason="Mencetak suket"
    )
    answer = HttpResponse(suket_paper(there, card), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="suket-{there.year}-{there.number}.pdf"'
    return answer


@officer
def receipt(request: HttpRequest, card_id: int) -> HttpResponse:
    """Give a receipt after an identity check (its address is in this answer alone), or end it. For officers."""
    card = scope.card(person(request), card_id)
    if "cabut" in request.POST:
        if actions.revoke_receipt(card.pk, by=person(request)):
            messages.info(request, "Tanda terima dicabut.")
        return away("receipt", card.pk)
    looked(person(request), AccessLog.Action.VIEW, [card.pk], source="petugas:tanda-terima")
    form = GiveForm(request.POST if request.method == "POST" else None)
    address = given(request, card.pk, form)
    return page(
        request,
        "receipt.html",
        "Tanda terima",
        status=422 if form.errors else 200,
        error="Pilih bukti diri yang ditunjukkan." if form.errors else "",
        card=card,
        form=form,
        address=address,
        qr=qr(address) if address else "",
        there=Receipt.objects.filter(card_id=card.pk, ended_at__isnull=True).first(),
    )
