"""The legs of a hand-over, its states, and what becomes of each card in it: the one list of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Leg(TextChoices):
    """From where to where."""

    TO_KECAMATAN = "to_kecamatan", _("Disdukcapil ke kecamatan")
    TO_KELURAHAN = "to_kelurahan", _("Kecamatan ke kantor kelurahan")
    BETWEEN = "between", _("Antarkecamatan")


class State(TextChoices):
    """How far a hand-over has come."""

    CALLED = "called", _("Menunggu dijemput")
    RELEASED = "released", _("Dilepas, sedang diperiksa")
    CLOSED = "closed", _("Selesai")
    WITHDRAWN = "withdrawn", _("Dibatalkan")


class Outcome(TextChoices):
    """What the taker says of a card on the list; empty as long as nobody has looked."""

    WAITING = "", _("Belum diperiksa")
    RECEIVED = "received", _("Diterima")
    MISSING = "missing", _("Hilang")
    DAMAGED = "damaged", _("Rusak")
    LEFT = "left", _("Tidak ikut")


class Settled(TextChoices):
    """How a missing card was settled; empty as long as the one who released it looks for it."""

    OPEN = "", _("Masih dicari")
    FOUND = "found", _("Ditemukan oleh yang melepas")
    ARRIVED = "arrived", _("Ditemukan di penerima")
    LOST = "lost", _("Hilang, dicetak ulang")


MISSING_FOR = 3
"""Working days in which a missing card is to be found or booked to lost."""
MOST_CODE_TRIES = 5
"""Wrong codes after which the one who released has to give a new one."""
