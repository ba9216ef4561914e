"""Stages, legal steps, reasons and central codes of a card: the one list everything else is made from.

Triggers, choices, texts, documents and tests are generated from or checked against this module
(source: the office's own list of stages and of the central register's status codes).
"""

from itertools import product
from typing import NamedTuple

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """Where a card is in its life, in the order in which a card usually passes."""

    RECORDED = "RECORDED", _("Sudah direkam")
    DEDUPLICATING = "DEDUPLICATING", _("Sedang dicocokkan (penunggalan)")
    HELD = "HELD", _("Tertahan")
    WAITING_FOR_BLANK = "WAITING_FOR_BLANK", _("Siap cetak, menunggu blanko")
    BLANK_ALLOCATED = "BLANK_ALLOCATED", _("Blanko tersedia, dijadwalkan cetak")
    PRINTED = "PRINTED", _("Sudah dicetak")
    AT_KECAMATAN = "AT_KECAMATAN", _("Di kantor kecamatan")
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("Sedang diantar petugas RT/RW")
    RETURNED = "RETURNED", _("Dapat diambil di kantor kecamatan")
    DELIVERED = "DELIVERED", _("Sudah diterima")
    CANCELLED = "CANCELLED", _("Dibatalkan")


S = Stage

FINAL = (S.DELIVERED, S.CANCELLED)
BEFORE_BLANK = (S.RECORDED, S.DEDUPLICATING, S.HELD, S.WAITING_FOR_BLANK)
"""Stages in which the central feed leads."""
LED_BY_LEDGER = (S.BLANK_ALLOCATED, S.PRINTED, S.AT_KECAMATAN, S.OUT_FOR_DELIVERY, S.RETURNED, S.DELIVERED)
"""From here on our own ledger leads; a card that arrives new in one of these is outside the ledger."""
PRINTED_OR_FURTHER = LED_BY_LEDGER[1:]
AT_TICKETS_KECAMATAN = (S.WAITING_FOR_BLANK, S.BLANK_ALLOCATED)
"""Stages in which a card counts for its ticket's kecamatan; in all others for that of residence."""


class Phase(IntegerChoices):
    """Stages that are listed together; it changes seldom, so it can be indexed where the stage can't."""

    BEFORE_BLANK = 1
    UNDER_WAY = 2
    DELIVERED = 3
    CANCELLED = 4


def phase_of(stage: str) -> Phase:
    """The phase that a stage is in."""
    if stage in BEFORE_BLANK:
        return Phase.BEFORE_BLANK
    return Phase[stage] if stage in FINAL else Phase.UNDER_WAY


class Kind(TextChoices):
    """What the card was requested for (JENIS)."""

    FIRST = "BARU", _("Kartu pertama (pemula)")
    DAMAGED = "RUSAK", _("Pengganti kartu rusak")
    LOST = "HILANG", _("Pengganti kartu hilang")
    CHANGED = "UBAH", _("Perubahan data")


class Letter(TextChoices):
    """Letter of a queue number; the order in which letters are served is a dated rule, see LetterRule."""

    A = "A", _("Kartu pertama")
    B = "B", _("Perubahan data")
    C = "C", _("Rusak atau hilang")


LETTER_OF_KIND = {Kind.FIRST: Letter.A, Kind.CHANGED: Letter.B, Kind.DAMAGED: Letter.C, Kind.LOST: Letter.C}

STOPS_CITIZEN_ACTS = ("DUPLICATE_RECORD", "ENROLL_FAILURE_AT_CENTRAL", "ENROLL_FAILURE_AT_REGIONAL")
STOPS_OFFICE_ACTS = (
    "ADJUDICATE_RECORD",
    "SEARCH_FAILURE_AT_CENTRAL",
    "PACKET_RETRY",
    "REQUEST_VALIDATION",
)
STOPS = STOPS_CITIZEN_ACTS + STOPS_OFFICE_ACTS

CENTRAL_STAGE: dict[str, Stage] = {
    "BIO_CAPTURED": S.RECORDED,
    "PROCESSING": S.RECORDED,
    "SENT_FOR_ENROLLMENT": S.DEDUPLICATING,
    "RECEIVED_AT_CENTRAL": S.DEDUPLICATING,
    "SENT_FOR_DEDUP": S.DEDUPLICATING,
    "ADJUDICATE_IN_PROCESS": S.DEDUPLICATING,
    **dict.fromkeys(STOPS, S.HELD),
    "PRINT_READY_RECORD": S.WAITING_FOR_BLANK,
    "SENT_FOR_CARD_PRINTING": S.BLANK_ALLOCATED,
    "CARD_PRINTED": S.PRINTED,
    "CARD_SHIPPED": S.AT_KECAMATAN,
    "CARD_ISSUED": S.DELIVERED,
}
"""Central status code -> the stage it means."""

PRINT_SIDE = tuple(code for code, stage in CENTRAL_STAGE.items() if stage in LED_BY_LEDGER)
"""Codes from SENT_FOR_CARD_PRINTING on."""


class Reason(TextChoices):
    """Coded reasons of a step; a stop's reason is its central code. A free note is kept apart."""

    WITHDRAWN = "withdrawn", _("Blanko ditarik kembali")
    BLOCKED = "blocked", _("Kartu diblokir")
    NOT_PRINTED = "not_printed", _("Tidak jadi dicetak")
    MISPRINT = "misprint", _("Salah cetak")
    DAMAGED = "damaged", _("Kartu rusak")
    WRONG_DATA = "wrong_data", _("Data di kartu salah")
    LOST = "lost", _("Kartu hilang")
    NOT_FOUND = "not_found", _("Kartu tidak ditemukan")
    NOT_HOME = "not_home", _("Tidak di rumah")
    ADDRESS_NOT_FOUND = "address_not_found", _("Alamat tidak ketemu")
    REFUSED = "refused", _("Menolak")
    MOVED = "moved", _("Pindah")
    DECEASED = "deceased", _("Meninggal")
    ROUND_ENDED = "round_ended", _("Putaran antar berakhir")
    MOVED_AWAY = "moved_away", _("Pindah ke luar kota")
    DUPLICATE_DELETED = "duplicate_deleted", _("Data ganda dihapus")
    ISSUED_ELSEWHERE = "issued_elsewhere", _("Sudah terbit di tempat lain")
    OTHER = "other", _("Lainnya")
    HOLDER = "holder", _("Diterima pemegang")
    FAMILY = "family", _("Diterima keluarga")
    MISTAKE = "mistake", _("Salah catat")
    WRONG_CARD = "wrong_card", _("Salah kartu")


R = Reason
CANCEL_REASONS = (R.DECEASED, R.MOVED_AWAY, R.DUPLICATE_DELETED, R.ISSUED_ELSEWHERE, R.OTHER)
RECEIVERS = ("", R.HOLDER, R.FAMILY)
"""Who took a delivered card; "" where nobody wrote it down."""
CORRECTION_REASONS = (R.MISTAKE, R.WRONG_CARD, R.OTHER)

_STEPS_AND_REASONS: dict[tuple[Stage, Stage], tuple[str, ...]] = {
    (S.RECORDED, S.DEDUPLICATING): ("",),
    (S.RECORDED, S.HELD): STOPS,
    (S.RECORDED, S.WAITING_FOR_BLANK): ("",),
    (S.DEDUPLICATING, S.HELD): STOPS,
    (S.DEDUPLICATING, S.WAITING_FOR_BLANK): ("",),
    (S.HELD, S.RECORDED): ("",),
    (S.HELD, S.DEDUPLICATING): ("",),
    (S.HELD, S.WAITING_FOR_BLANK): ("",),
    (S.WAITING_FOR_BLANK, S.BLANK_ALLOCATED): ("",),
    (S.WAITING_FOR_BLANK, S.HELD): STOPS,
    (S.BLANK_ALLOCATED, S.PRINTED): ("",),
    (S.BLANK_ALLOCATED, S.WAITING_FOR_BLANK): (
        R.WITHDRAWN,
        R.BLOCKED,
        R.NOT_PRINTED,
        R.MISPRINT,
        R.NOT_FOUND,
    ),
    (S.BLANK_ALLOCATED, S.HELD): STOPS,
    (S.PRINTED, S.AT_KECAMATAN): ("",),
    (S.PRINTED, S.WAITING_FOR_BLANK): (R.DAMAGED, R.WRONG_DATA, R.LOST, R.NOT_FOUND),
    (S.AT_KECAMATAN, S.OUT_FOR_DELIVERY): ("",),
    (S.AT_KECAMATAN, S.DELIVERED): RECEIVERS,
    (S.AT_KECAMATAN, S.WAITING_FOR_BLANK): (R.DAMAGED, R.WRONG_DATA, R.LOST, R.NOT_FOUND),
    (S.OUT_FOR_DELIVERY, S.DELIVERED): RECEIVERS,
    (S.OUT_FOR_DELIVERY, S.RETURNED): (
        R.NOT_HOME,
        R.ADDRESS_NOT_FOUND,
        R.REFUSED,
        R.MOVED,
        R.DECEASED,
        R.WRONG_DATA,
        R.ROUND_ENDED,
    ),
    (S.OUT_FOR_DELIVERY, S.WAITING_FOR_BLANK): (R.LOST,),
    (S.RETURNED, S.OUT_FOR_DELIVERY): ("",),
    (S.RETURNED, S.DELIVERED): RECEIVERS,
    (S.RETURNED, S.WAITING_FOR_BLANK): (R.WRONG_DATA, R.DAMAGED, R.LOST),
    **{(stage, S.CANCELLED): CANCEL_REASONS for stage in S if stage not in FINAL},
}

TOWARDS_CITIZEN = {
    (S.WAITING_FOR_BLANK, S.BLANK_ALLOCATED),
    (S.BLANK_ALLOCATED, S.PRINTED),
    (S.AT_KECAMATAN, S.OUT_FOR_DELIVERY),
    (S.RETURNED, S.OUT_FOR_DELIVERY),
    (S.AT_KECAMATAN, S.DELIVERED),
    (S.RETURNED, S.DELIVERED),
}
"""Steps that a block stops: they begin something (printing, a round, the counter).
Arrival, delivery at the door, return and loss have already happened and are still booked."""

SHORT_UNDO = {
    (S.PRINTED, S.AT_KECAMATAN),
    (S.AT_KECAMATAN, S.DELIVERED),
    (S.RETURNED, S.DELIVERED),
}
"""Steps at arrival or counter: whoever made one may undo it within the short time of OfficeRule."""


class LegalStep(NamedTuple):
    """One legal step with one reason ("" where the step needs none)."""

    from_stage: Stage
    to_stage: Stage
    reason: str
    towards_citizen: bool
    short_undo: bool


STEPS = tuple(
    LegalStep(a, b, str(reason), (a, b) in TOWARDS_CITIZEN, (a, b) in SHORT_UNDO)
    for (a, b), reasons in _STEPS_AND_REASONS.items()
    for reason in reasons
)

PAIRS = tuple(product(Stage, Stage))
"""Every pair of stages, legal or not, for tests and documents."""

FORWARD_OUTSIDE_LEDGER = (S.BLANK_ALLOCATED, S.PRINTED, S.AT_KECAMATAN, S.DELIVERED)
"""The way on which an unconfirmed card outside the ledger follows later print-side codes."""


class BlockReason(TextChoices):
    """Why a card may not move towards the citizen until a supervisor has looked."""

    PRINTED_ELSEWHERE = "printed_elsewhere", _("Pusat menyebut kartu sudah dicetak di tempat lain")
    ALREADY_PRINTED = "already_printed", _("Pusat menghentikan data, kartu sudah dicetak")
    MOVED_AWAY = "moved_away", _("Pindah ke luar kota?")
    MOVED = "moved", _("Pindah")
    DECEASED = "deceased", _("Meninggal")
    WRONG_DATA = "wrong_data", _("Data di kartu salah")
    REVIEW = "review", _("Diperiksa petugas")


class LiftReason(TextChoices):
    """Why a block was lifted."""

    CHECKED = "checked", _("Sudah diperiksa, tidak ada masalah")
    DATA_CORRECTED = "data_corrected", _("Data sudah dibetulkan")
    MISTAKE = "mistake", _("Blokir keliru")
    OTHER = "other", _("Lainnya")


def citizen_must_act(stage: str, code: str | None) -> bool:
    """Whether a held card waits for its citizen rather than for the office."""
    return stage == Stage.HELD and code in STOPS_CITIZEN_ACTS


def quoted(values: object) -> str:
    """SQL list of the given codes, for triggers and constraints: `'A', 'B'`."""
    return ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]
