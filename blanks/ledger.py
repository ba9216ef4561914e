"""Accounts, legal movements and what a card's step does to its blank: the one list everything else is made from.

Tables, triggers, choices, documents and tests are generated from or checked against this module
(source: the office's rules for numbered state documents; domain.md, "Blanks").
"""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tracking.stages import FINAL, LED_BY_LEDGER, STEPS, Reason, Stage

S, R = Stage, Reason


class Place(TextChoices):
    """A kind of account; also where a serial is. There is one account of each but one quota per kecamatan."""

    SUPPLIER = "supplier", _("Pemasok")
    STORE = "store", _("Gudang kota")
    QUOTA = "quota", _("Jatah kecamatan")
    CARDS = "cards", _("Pada kartu")
    SPOILED = "spoiled", _("Rusak")
    LOST = "lost", _("Hilang")
    SENT_BACK = "sent_back", _("Dikembalikan")
    DESTROYED = "destroyed", _("Dimusnahkan")


ACCOUNT = {
    Place.SUPPLIER: 1,
    Place.STORE: 2,
    Place.CARDS: 3,
    Place.SPOILED: 4,
    Place.LOST: 5,
    Place.SENT_BACK: 6,
    Place.DESTROYED: 7,
}
"""Numbers of the accounts; the quota of kecamatan k is QUOTAS + k."""
QUOTAS = 100

HOLDING = LED_BY_LEDGER
"""Stages in which a card holds one of our blanks, unless it is outside the ledger."""

P = Place
FREE = "free"
"""Of a serial: a received blank that is in stock again, nobody's in particular."""


class Cause(TextChoices):
    """Why blanks moved."""

    RECEIVED = "received", _("Diterima")
    SHORT = "short", _("Kurang dari surat jalan")
    SURPLUS = "surplus", _("Lebih dari surat jalan")
    FOUND_MORE = "found_more", _("Lebih saat stock opname")
    FOUND_LESS = "found_less", _("Kurang saat stock opname")
    DIVIDED = "divided", _("Dibagikan ke kecamatan")
    TAKEN_BACK = "taken_back", _("Ditarik dari kecamatan")
    MOVED = "moved", _("Dipindah antarkecamatan")
    SPOILED = "spoiled", _("Rusak sebelum dicetak")
    LOST = "lost", _("Hilang sebelum dicetak")
    FOUND = "found", _("Ditemukan kembali")
    SENT_BACK = "sent_back", _("Dikembalikan ke pemasok")
    DESTROYED = "destroyed", _("Dimusnahkan")
    ALLOCATED = "allocated", _("Dipakai untuk kartu")
    RETURNED = "returned", _("Kembali ke jatah")
    CARD_SPOILED = "card_spoiled", _("Kartu rusak")
    CARD_LOST = "card_lost", _("Kartu hilang")
    LATE_RESULT = "late_result", _("Tercetak setelah keluar dari tumpukan")
    CORRECTED = "corrected", _("Pembetulan")


class Route(NamedTuple):
    """One legal way of blanks. `by_card`: only a card's step takes it. `supervisor`: by hand, a supervisor alone.

    `named`: the serials of what moves are said with it, one by one.
    """

    cause: Cause
    from_place: Place
    to_place: Place
    by_card: bool = False
    supervisor: bool = False
    named: bool = False


C = Cause
ROUTES = (
    Route(C.RECEIVED, P.SUPPLIER, P.STORE),
    Route(C.SHORT, P.STORE, P.SUPPLIER),
    Route(C.SURPLUS, P.SUPPLIER, P.STORE),
    *(Route(C.FOUND_MORE, P.SUPPLIER, place, supervisor=True) for place in (P.STORE, P.QUOTA)),
    *(Route(C.FOUND_LESS, place, P.LOST, supervisor=True) for place in (P.STORE, P.QUOTA)),
    Route(C.FOUND_LESS, P.SPOILED, P.LOST, supervisor=True, named=True),
    Route(C.DIVIDED, P.STORE, P.QUOTA, supervisor=True),
    Route(C.TAKEN_BACK, P.QUOTA, P.STORE, supervisor=True),
    Route(C.MOVED, P.QUOTA, P.QUOTA, supervisor=True),
    *(Route(C.SPOILED, place, P.SPOILED, named=True) for place in (P.STORE, P.QUOTA)),
    *(Route(C.LOST, place, P.LOST, supervisor=True) for place in (P.STORE, P.QUOTA)),
    Route(C.FOUND, P.LOST, P.STORE, supervisor=True),
    *(Route(C.SENT_BACK, place, P.SENT_BACK, supervisor=True, named=True) for place in (P.STORE, P.SPOILED)),
    Route(C.DESTROYED, P.SPOILED, P.DESTROYED, supervisor=True, named=True),
    Route(C.ALLOCATED, P.QUOTA, P.CARDS, by_card=True),
    Route(C.RETURNED, P.CARDS, P.QUOTA, by_card=True),
    Route(C.CARD_SPOILED, P.CARDS, P.SPOILED, by_card=True, named=True),
    Route(C.CARD_LOST, P.CARDS, P.LOST, by_card=True),
    *(Route(C.LATE_RESULT, place, P.SPOILED, by_card=True, named=True) for place in (P.QUOTA, P.STORE)),
    *(
        Route(C.CORRECTED, a, b, by_card=True)
        for a, b in ((P.CARDS, P.QUOTA), (P.QUOTA, P.CARDS), (P.SPOILED, P.CARDS), (P.LOST, P.CARDS))
    ),
)


class Effect(TextChoices):
    """What a step does to the card's blank."""

    NONE = "", _("tidak ada")
    TAKE = "take", _("diambil dari jatah")
    BIND = "bind", _("nomor serinya dicatat pada kartu")
    GIVE_BACK = "give_back", _("kembali ke jatah")
    SPOIL = "spoil", _("rusak")
    LOSE = "lose", _("hilang")


def effect_of(from_stage: str, to_stage: str, reason: str) -> Effect:
    """What a legal step with this reason does to the blank of a card in the ledger."""
    if to_stage == S.BLANK_ALLOCATED:
        return Effect.TAKE
    if to_stage == S.PRINTED:
        return Effect.BIND
    if (
        from_stage not in HOLDING
        or (to_stage in HOLDING and to_stage not in FINAL)
        or to_stage == S.DELIVERED
    ):
        return Effect.NONE
    if reason in (R.LOST, R.NOT_FOUND):
        return Effect.LOSE
    if from_stage == S.BLANK_ALLOCATED and reason != R.MISPRINT:
        return Effect.GIVE_BACK
    return Effect.SPOIL


EFFECTS = tuple(
    (step.from_stage, step.to_stage, step.reason, effect_of(step.from_stage, step.to_stage, step.reason))
    for step in STEPS
)
"""Every legal (from, to, reason) with its effect, as the database gets it."""


class Category(TextChoices):
    """Why somebody is served before their turn: a fixed, neutral list, published as totals alone."""

    TRAVEL = "travel", _("Perjalanan")
    HEALTH = "health", _("Kesehatan")
    DISASTER = "disaster", _("Bencana")
    STATE_DUTY = "state_duty", _("Tugas negara")
    OTHER = "other", _("Lainnya")


class Outcome(TextChoices):
    """What the printer made of one card of a batch."""

    PRINTED = "printed", _("Dicetak")
    MISPRINT = "misprint", _("Salah cetak")
    NOT_PRINTED = "not_printed", _("Tidak dicetak")


class DocumentKind(TextChoices):
    """The paper behind movements made by hand."""

    SHIPMENT = "shipment", _("Surat jalan")
    DIVISION = "division", _("Pembagian")
    RETURN = "return", _("Penarikan jatah")
    COUNT = "count", _("Stock opname")
    LOSS = "loss", _("Catatan rusak atau hilang")
    SENDING_BACK = "sending_back", _("Pengembalian")
    DESTRUCTION = "destruction", _("Berita acara pemusnahan")
