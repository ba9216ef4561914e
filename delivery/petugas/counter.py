"""The counter: find a card, hand it over to its holder or a family member, undo a slip at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from staff.access import looked
from staff.models import AccessLog
from tracking import codes, nik
from tracking.actions import correct, undoable
from tracking.models import Block, Card, Event, Kecamatan, OfficeRule, Receipt, Ticket
from tracking.queries import staff as cards
from tracking.refusals import Refused
from tracking.stages import Kind, Letter, Reason, Stage

from ..actions.counter import COLLECTABLE, hand_over
from ..custody import Holder
from ..models import Recipient
from ..queries import counter as queries
from ..queries.custody import delivery_holder, names
from . import scope
from .frame import a_request, away, officer, own, page, person, request_of
from .queues import MOST_COUNTED, Queue, queue

MOST_FOUND = 50
ASKED_FOR = {Kind.DAMAGED: "took_old_card", Kind.CHANGED: "took_old_card", Kind.LOST: "took_police_letter"}
"""What a citizen brings for each kind of card."""

WHY_NOT = {
    Stage.AT_KECAMATAN: "Kartu ini tidak ada di loket ini.",
    Stage.OUT_FOR_DELIVERY: "Kartu sedang dibawa kurir. Terima dulu dari kurir, baru diserahkan di sini.",
    Stage.RETURNED: "Kartu masih pada kurir. Hitung dulu yang kembali di putarannya.",
    Stage.DELIVERED: "Kartu ini sudah diserahkan.",
    Stage.CANCELLED: "Proses kartu ini sudah dihentikan.",
}


class CollectForm(forms.Form):
    """Who takes the card, what was shown, what is taken back."""

    receiver = forms.ChoiceField(
        label="Diserahkan kepada",
        choices=Recipient.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih kepada siapa kartu diserahkan."},
    )
    name = forms.CharField(label="Nama anggota keluarga", max_length=100, required=False)
    shown = forms.ChoiceField(
        label="Bukti yang ditunjukkan",
        choices=Receipt.Shown.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih bukti yang ditunjukkan."},
    )
    took_old_card = forms.BooleanField(label="KTP lama ditarik", required=False)
    took_suket = forms.BooleanField(label="Suket ditarik", required=False)
    took_police_letter = forms.BooleanField(label="Surat kehilangan dari polisi ditarik", required=False)
    confirmed = forms.BooleanField(
        label="Penerima sudah memeriksa data di kartu",
        error_messages={"required": "Minta penerima memeriksa data di kartu dulu."},
    )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("receiver") == Reason.FAMILY and not data.get("name", "").strip():
            self.add_error("name", "Tulis nama anggota keluarga yang menerima.")
        return data


@officer
@sensitive_post_parameters("cari")
def counter(request: HttpRequest) -> HttpResponse:
    """Find a card by code, queue number, name or NIK; a NIK is never in an address. For officers."""
    if request.method != "POST":
        return page(request, "counter.html", "Loket")
    typed = request.POST.get("cari", "").strip()
    try:
        found = _find(request, typed)
    except LookupError as wrong:
        # whoever tries one number after another leaves a trace too
        looked(person(request), AccessLog.Action.SEARCH, [], source="petugas:loket")
        return page(request, "counter.html", "Loket", status=422, error=str(wrong), typed=_repeatable(typed))
    looked(person(request), AccessLog.Action.SEARCH, found, source="petugas:loket")
    if len(found) == 1:
        return away("collection", found[0])
    rows = cards.with_tickets(scope.cards(person(request)).select_related("citizen").filter(pk__in=found))
    return page(request, "counter.html", "Loket", rows=rows, typed=_repeatable(typed), searched=True)


@officer
def collection(request: HttpRequest, card_id: int) -> HttpResponse:
    """One card at the counter: what is to be done with it. For officers of the kecamatan that has it, or is to."""
    card = scope.card(person(request), card_id)
    if request.method != "POST":
        return _shown(request, card, CollectForm(initial={"request": a_request(), **_brought(card)}))
    if "batal" in request.POST:
        return _undo(request, card)
    form = CollectForm(request.POST)
    if not form.is_valid():
        return _shown(request, card, form, status=422, error="Periksa isian yang ditandai.")
    data = {name: value for name, value in form.cleaned_data.items() if name != "confirmed"}
    try:
        hand_over(card.pk, by=person(request), request=request_of(request), **data)
    except Refused as refused:
        return _shown(request, card, form, status=409, error=str(refused))
    messages.success(request, "Kartu sudah diserahkan.")
    return away("collection", card.pk)


def _undo(request: HttpRequest, card: Card) -> HttpResponse:
    events = list(Event.objects.filter(card_id=card.pk).order_by("id"))
    last = undoable(events, by=person(request))
    try:
        if last is None or last.to_stage != Stage.DELIVERED:
            raise Refused
        correct(card.pk, by=person(request), reason=Reason.MISTAKE, undone=last.id)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, "Penyerahan dibatalkan. Kartu kembali ke loket.")
    return away("collection", card.pk)


def _shown(
    request: HttpRequest, card: Card, form: CollectForm, *, status: int = 200, error: str = ""
) -> HttpResponse:
    user = person(request)
    looked(user, AccessLog.Action.VIEW, [card.pk], source="petugas:loket")
    card.refresh_from_db()
    events = list(Event.objects.filter(card_id=card.pk).order_by("id"))
    last = undoable(events, by=user)
    held = delivery_holder(card.pk)
    rule = OfficeRule.objects.first()
    here = held is not None and held[:2] == (Holder.KECAMATAN, own(request))
    context = {
        "card": card,
        "stage": Stage(card.stage).label,
        "ticket": Ticket.objects.filter(card_id=card.pk).first(),
        "code": codes.encode(card.pk),
        "blocks": Block.objects.filter(card_id=card.pk, lifted_at__isnull=True),
        "holder": names([held[:2]])[held[:2]] if held else "",
        "here": here,
        "may_collect": here and card.stage in COLLECTABLE and not card.blocked,
        "may_undo": last is not None and last.to_stage == Stage.DELIVERED,
        "why_not": _why_not(card, here),
        "sought": _is_sought(card),
        "minutes": rule.undo_minutes if rule else 0,
        "form": form,
        "request_id": request.POST.get("request") or form.initial.get("request") or a_request(),
    }
    return page(request, "collection.html", card.citizen.name, status=status, error=error, **context)


def _why_not(card: Card, here: bool) -> str:
    """What the officer says to a citizen whose card cannot be handed over here; nothing where a notice says it."""
    if _is_sought(card):
        return "Kartu ini masih dicari. Kalau ketemu, tandai dulu di daftarnya:"
    if card.stage in COLLECTABLE and here:
        return ""
    return WHY_NOT.get(Stage(card.stage), "Kartu ini belum sampai di kecamatan.")


def _is_sought(card: Card) -> bool:
    return card.stage == Stage.AT_KECAMATAN and card.outside_ledger and not card.outside_confirmed


def _brought(card: Card) -> dict[str, bool]:
    name = ASKED_FOR.get(Kind(card.kind))
    return {name: True} if name else {}


def _find(request: HttpRequest, typed: str) -> list[int]:
    """Cards by whatever this is; LookupError says why nothing is found."""
    if not typed:
        raise LookupError("Ketik kode kartu, nomor antrean, nama, atau NIK.")
    seen = scope.cards(person(request))
    try:
        keys = [codes.decode(typed)]
    except codes.NoCode:
        by_nik = _by_number(typed) or _by_nik(typed)
        if by_nik is None:
            named = seen.filter(citizen__name__startswith=typed.upper())
            keys = list(named.values_list("pk", flat=True)[: MOST_FOUND + 1])
            if len(keys) > MOST_FOUND:
                raise LookupError("Terlalu banyak yang cocok. Ketik nama lebih lengkap.") from None
        else:
            keys = by_nik
    found = list(seen.filter(pk__in=keys).order_by("-pk").values_list("pk", flat=True))
    if not found:
        raise LookupError("Tidak ada kartu yang cocok di kecamatan ini. Periksa ketikannya.")
    return found


def _by_number(typed: str) -> list[int]:
    letter, _dash, number = typed.upper().replace(" ", "").partition("-")
    if letter not in Letter.values or not number.isascii() or not number.isdigit() or len(number) > 9:
        return []
    tickets = Ticket.objects.filter(
        letter=letter, number=int(number), kecamatan__in=Kecamatan.objects.values("pk")
    )
    return list(tickets.values_list("card_id", flat=True))


def _by_nik(typed: str) -> list[int] | None:
    """None: it is no number at all, so it may be a name."""
    if not any(sign.isdigit() for sign in typed):
        return None
    try:
        indexes = nik.indexes(nik.parse(typed))
    except nik.NikError:
        raise LookupError("Nomor itu bukan kode kartu, nomor antrean, atau NIK yang benar.") from None
    return list(Card.objects.filter(citizen__nik_index__in=indexes).values_list("pk", flat=True))


def _repeatable(typed: str) -> str:
    """What was typed, unless it may be a NIK."""
    return "" if sum(sign.isdigit() for sign in typed) > 9 else typed


@queue
def to_collect(kecamatan: int) -> list[Queue]:
    count, oldest = queries.count_returned(kecamatan, MOST_COUNTED)
    return [Queue("Ambil di loket", count, oldest, reverse("petugas:counter"), "loket")]
