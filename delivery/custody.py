"""Who may hold a physical card, and by which acts it changes hands: the one list everything else is made from.

Tables, triggers, choices and tests are generated from or checked against this module (source: the office's rule
that each printed card has one holder at each moment, and that giver and taker of each change are known).
"""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tracking.stages import LED_BY_LEDGER, Stage

S = Stage


class Holder(TextChoices):
    """A kind of holder; which one of the kind is a number beside it, 0 where there is one alone or nobody knows."""

    STORE = "store", _("Gudang blanko")
    OPERATOR = "operator", _("Disdukcapil")
    TRANSIT = (
        "transit",
        _("Dalam perjalanan"),
    )  # the number of the hand-over; who released it is written there
    KECAMATAN = "kecamatan", _("Kecamatan")
    KELURAHAN = "kelurahan", _("Kelurahan")
    COURIER = "courier", _("Kurir")  # the courier's number
    CITIZEN = "citizen", _("Warga")
    NONE = "none", _("Tidak ada")


H = Holder

GONE = (H.STORE, H.NONE)
"""Nobody has the card in hand: before it is printed, and after its destruction or loss."""
UNDER_WAY = (H.OPERATOR, H.TRANSIT, H.KECAMATAN, H.KELURAHAN, H.COURIER)


class Act(TextChoices):
    """By what a card changed hands. Those of a step say so; the others move no stage."""

    PRINTED = "printed", _("Dicetak")
    STEP = "step", _("Langkah kartu")
    FOUND = "found", _("Ditemukan")  # a card outside the ledger: nobody knows who had it before
    LOST = "lost", _("Hilang")
    CORRECTED = "corrected", _("Dibetulkan")
    DESTROYED = "destroyed", _("Dimusnahkan")
    SENT_BACK = "sent_back", _("Dikembalikan ke pemasok")
    RELEASED = "released", _("Dilepas")
    RECEIVED = "received", _("Diterima")
    WITHDRAWN = "withdrawn", _("Batal diserahkan")
    TAKEN_OVER = "taken_over", _("Diambil alih kurir lain")
    COUNTED_BACK = "counted_back", _("Dihitung kembali")


class ByStage(NamedTuple):
    """Who holds a card that came to a stage, and who may hold it as long as it is there."""

    taker: Holder | None
    may_hold: tuple[Holder, ...]


AT_OFFICE = (H.KECAMATAN, H.KELURAHAN, H.TRANSIT)
HOLDERS: dict[Stage, ByStage] = {
    S.BLANK_ALLOCATED: ByStage(None, (H.OPERATOR, H.KECAMATAN)),  # outside the ledger, and found
    S.PRINTED: ByStage(None, (H.OPERATOR, H.TRANSIT, H.KECAMATAN)),
    S.AT_KECAMATAN: ByStage(H.KECAMATAN, AT_OFFICE),
    S.OUT_FOR_DELIVERY: ByStage(H.COURIER, (H.COURIER,)),
    # the courier keeps it until the officer has counted it back
    S.RETURNED: ByStage(None, (H.COURIER, *AT_OFFICE)),
    S.DELIVERED: ByStage(H.CITIZEN, (H.CITIZEN,)),
}
"""For each stage in which there is a card to hold."""
assert set(HOLDERS) == set(LED_BY_LEDGER)

FOUND_AT = {
    S.BLANK_ALLOCATED: H.OPERATOR,
    S.PRINTED: H.OPERATOR,
    S.AT_KECAMATAN: H.KECAMATAN,
    S.OUT_FOR_DELIVERY: H.COURIER,
    S.RETURNED: H.KECAMATAN,
    S.DELIVERED: H.CITIZEN,
}
"""Who holds a card outside the ledger once it is known to be there, unless an officer of a kecamatan says so."""
