"""The words of the status page, by look: headline, sentence, what to do, what comes next.

A look is a stage, told apart where its citizens must read different things. `%(…)s` are values that the page
fills in; the rest is trusted HTML. pages.md §3 has the wording.
"""

from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..stages import FINAL, Kind, Reason, Stage

Text = str | Promise


class Look(StrEnum):
    """What a citizen must read: the stage, and for some what kind of it."""

    RECORDED = "recorded"
    DEDUPLICATING = "deduplicating"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"
    PUT_RIGHT = "put right"
    WAITING = "waiting"
    ALLOCATED = "allocated"
    PRINTED = "printed"
    AT_KECAMATAN = "at kecamatan"
    OUT = "out"
    OUT_WITH_OLD_CARD = "out, old card"
    OUT_WITH_POLICE_LETTER = "out, police letter"
    RETURNED = "returned"
    DELIVERED = "delivered"
    DELIVERED_TO_HOLDER = "delivered to holder"
    DELIVERED_TO_FAMILY = "delivered to family"
    CANCELLED = "cancelled"


class Words(NamedTuple):
    headline: Text
    sentence: Text
    do: Text
    next: Text


class Notice(NamedTuple):
    """The state of a card beside its stage."""

    blocked: bool
    sought: bool  # outside the ledger, and nobody has yet found it


_NOTHING = _("Tidak ada. Anda tidak perlu datang.")
_OUT = (
    _("Sedang diantar petugas RT/RW"),
    _("Petugas RT/RW membawa kartu Anda."),
    _("Jika tiga kali gagal, kartu kembali ke kecamatan."),
)
_NOT_RECEIVED = _('Belum menerima? <a href="%(report)s"><strong>Laporkan.</strong></a>')
_REPORTED = _("Tidak ada. Laporan Anda sedang kami periksa.")
_FREE = _("Periksa data di kartu. Gratis; jangan beri uang.")

WORDS: dict[Look, Words] = {
    Look.RECORDED: Words(
        _("Sudah direkam"),
        _("Foto, sidik jari, mata, dan tanda tangan Anda tersimpan."),
        _NOTHING,
        _("Data dikirim ke pusat."),
    ),
    Look.DEDUPLICATING: Words(
        _("Sedang dicocokkan (penunggalan)"),
        _("Pusat memastikan satu orang hanya punya satu data."),
        _NOTHING,
        _("Lalu masuk antrean cetak. Kami tidak tahu kapan pusat selesai."),
    ),
    Look.DUPLICATE: Words(
        _("Perlu tindakan Anda"),
        _("Data Anda tercatat lebih dari sekali."),
        _("Minta hapus data ganda di %(office)s. Bawa KK. Kami tidak tahu batas waktunya."),
        _("Sesudah dihapus, pemeriksaan diulang."),
    ),
    Look.UNREADABLE: Words(
        _("Perlu tindakan Anda"),
        _("Hasil perekaman Anda tidak terbaca di pusat."),
        _("Rekam ulang di %(office)s. Bawa KK."),
        _("Data baru dikirim ke pusat."),
    ),
    Look.PUT_RIGHT: Words(
        _("Sedang diperbaiki petugas"),
        _("Ada kendala di pusat. Petugas kami mengurusnya."),
        _NOTHING,
        _("Kami mengirim ulang data Anda."),
    ),
    Look.WAITING: Words(
        _("Siap cetak, menunggu blanko"),
        _("Data Anda lolos. Blanko (kartu kosong dari pusat) belum cukup."),
        _("Tidak ada. Perlu bukti diri? Minta suket (surat sementara pengganti e-KTP) di %(office)s."),
        _("Nomor <strong>%(number)s</strong>, urutan ke-<strong>%(place_shown)s</strong> di %(kecamatan)s."),
    ),
    Look.ALLOCATED: Words(
        _("Blanko tersedia, dijadwalkan cetak"),
        _("Satu blanko disisihkan untuk Anda."),
        _NOTHING,
        _("Kartu dicetak. Jika rusak, nomor Anda tetap."),
    ),
    Look.PRINTED: Words(
        _("Sudah dicetak"),
        _("Kartu Anda ada di Disdukcapil."),
        _NOTHING,
        _("Petugas kecamatan akan menjemputnya."),
    ),
    Look.AT_KECAMATAN: Words(
        _("Di kantor kecamatan"),
        _("Kartu Anda sudah tiba di kecamatan."),
        _NOTHING,
        _("Petugas RT/RW akan mengantarnya."),
    ),
    Look.OUT: Words(_OUT[0], _OUT[1], _("Siapkan suket, jika Anda punya."), _OUT[2]),
    Look.OUT_WITH_OLD_CARD: Words(_OUT[0], _OUT[1], _("Siapkan KTP lama."), _OUT[2]),
    Look.OUT_WITH_POLICE_LETTER: Words(_OUT[0], _OUT[1], _("Siapkan surat kehilangan dari polisi."), _OUT[2]),
    Look.RETURNED: Words(
        _("Dapat diambil di kantor kecamatan"),
        _("Pengantaran belum berhasil. Kartu Anda aman."),
        _("Ambil di %(office)s, mulai satu hari kerja sesudah %(since)s. Bawa KK atau suket."),
        _("Kartu disimpan di sana."),
    ),
    Look.DELIVERED: Words(
        _("Sudah diterima"),
        _("Diserahkan %(since)s."),
        _NOT_RECEIVED,
        _("Selesai."),
    ),
    Look.DELIVERED_TO_HOLDER: Words(
        _("Sudah diterima"), _("Diserahkan %(since)s kepada pemegang."), _NOT_RECEIVED, _("Selesai.")
    ),
    Look.DELIVERED_TO_FAMILY: Words(
        _("Sudah diterima"), _("Diserahkan %(since)s kepada keluarga."), _NOT_RECEIVED, _("Selesai.")
    ),
    Look.CANCELLED: Words(
        _("Dibatalkan"),
        _("Proses kartu berhenti %(since)s."),
        _("Tanyakan alasannya di %(office)s."),
        "",
    ),
}

_BLOCKED = _("Kartu diperiksa petugas. Anda tidak perlu datang.")
_AFTER_CHECK = _("Sesudah diperiksa, prosesnya lanjut.")
_AFTER_CHECK_IN_QUEUE = _(
    "Sesudah diperiksa, prosesnya lanjut. Nomor <strong>%(number)s</strong> tetap milik Anda."
)
_SOUGHT = _("Kartu tercatat sudah dicetak, tetapi masih kami cari.")
_PRINTED_AGAIN = _("Jika tidak ketemu, kami cetak ulang.")

CORRECTED = _("Status sebelumnya keliru; kami perbaiki %(corrected)s. Mohon maaf.")
CASE: dict[str, Text] = {
    "open": _("Laporan Anda kami terima %(case_at)s. Kami menjawab paling lambat %(case_until)s."),
    "answered": _(
        "Laporan Anda tanggal %(case_at)s kami jawab %(case_until)s. Isi jawaban ada pada tanda terima; "
        "belum punya? Minta di %(office)s, bawa KK."
    ),
}
"""The newest report of the citizen, by its state."""
EXPECTED: dict[str, Text] = {
    "range": _("Perkiraan <strong>%(expected)s</strong>."),
    "beyond": _("Kiriman blanko yang sudah direncanakan belum sampai ke nomor Anda. Nomor Anda tetap."),
    "no_supply": _(
        "Kami belum tahu kapan blanko berikutnya datang. Nomor Anda tetap. "
        "Belum ada rencana kiriman, dan kiriman yang lalu kurang dari tiga."
    ),
    "unknown": _("Kami belum tahu kapan blanko berikutnya datang. Nomor Anda tetap."),
}
"""When a card that waits will be printed, or why nobody can say."""
KEPT = _("%(kept)s dari 100 perkiraan kami tepat.")
LATE = _("Ini lebih lama dari biasanya. Sampaikan ke %(office)s.")
UNCHANGED = _("Belum ada perubahan sejak %(since)s.")
FALLBACK: dict[str, Text] = {
    "": _("Urutan bisa mundur jika ada kartu yang didahulukan aturan, atau yang kembali ke antrean."),
    "better": _(
        "Urutan berubah dari %(place_before)s ke %(place_shown)s: ada kartu baru yang didahulukan aturan."
    ),
    "returned": _(
        "Urutan berubah dari %(place_before)s ke %(place_shown)s: ada kartu yang kembali ke antrean."
    ),
    "better_returned": _(
        "Urutan berubah dari %(place_before)s ke %(place_shown)s: "
        "ada kartu yang didahulukan aturan, dan yang kembali ke antrean."
    ),
}
"""Why a place is further back than when the day began; that it can be, where it is not."""

OFFICES: dict[str, Text] = {
    "centre": _("Pusat (Ditjen Dukcapil)"),
    "disdukcapil": _("Disdukcapil Kota Bekasi"),
    "kecamatan": _("Kecamatan %(kecamatan)s"),
}
STATES: dict[str, Text] = {"done": _("Selesai"), "now": _("Sekarang"), "later": _("Nanti")}

_LOOK_OF_STAGE: dict[str, Look] = {
    Stage.RECORDED: Look.RECORDED,
    Stage.DEDUPLICATING: Look.DEDUPLICATING,
    Stage.WAITING_FOR_BLANK: Look.WAITING,
    Stage.BLANK_ALLOCATED: Look.ALLOCATED,
    Stage.PRINTED: Look.PRINTED,
    Stage.AT_KECAMATAN: Look.AT_KECAMATAN,
    Stage.RETURNED: Look.RETURNED,
    Stage.DELIVERED: Look.DELIVERED,
    Stage.CANCELLED: Look.CANCELLED,
}
_LOOK_OF_STOP = {
    "DUPLICATE_RECORD": Look.DUPLICATE,
    "ENROLL_FAILURE_AT_CENTRAL": Look.UNREADABLE,
    "ENROLL_FAILURE_AT_REGIONAL": Look.UNREADABLE,
}
_LOOK_OF_KIND: dict[str, Look] = {
    Kind.FIRST: Look.OUT,
    Kind.LOST: Look.OUT_WITH_POLICE_LETTER,
    Kind.DAMAGED: Look.OUT_WITH_OLD_CARD,
    Kind.CHANGED: Look.OUT_WITH_OLD_CARD,
}
_CITIZEN_ACTS = {
    Look.DUPLICATE,
    Look.UNREADABLE,
    Look.OUT,
    Look.OUT_WITH_OLD_CARD,
    Look.OUT_WITH_POLICE_LETTER,
    Look.RETURNED,
    Look.CANCELLED,
}


_LOOK_OF_RECEIVER: dict[str, Look] = {
    Reason.HOLDER: Look.DELIVERED_TO_HOLDER,
    Reason.FAMILY: Look.DELIVERED_TO_FAMILY,
}
_DELIVERED = {Look.DELIVERED, *_LOOK_OF_RECEIVER.values()}


def look(stage: str, code: str, kind: str, receiver: str = "") -> Look:
    """What the citizen of such a card must read; `receiver`: who took a delivered card, if it is known."""
    if receiver:
        return _LOOK_OF_RECEIVER[receiver]
    if stage == Stage.HELD:
        return _LOOK_OF_STOP.get(code, Look.PUT_RIGHT)
    if stage == Stage.OUT_FOR_DELIVERY:
        return _LOOK_OF_KIND[kind]
    return _LOOK_OF_STAGE[stage]


def notice(stage: str, blocked: bool, outside: bool) -> Notice:
    """Blocks and the search for a card end with it; `outside`: outside the ledger and not confirmed."""
    is_open = stage not in FINAL
    return Notice(blocked and is_open, outside and is_open)


def action(its_look: Look, its_notice: Notice) -> str:
    """Who acts next: citizen, office, or none."""
    if its_look in _DELIVERED:
        return "none"
    if its_look in _CITIZEN_ACTS and not any(its_notice):
        return "citizen"
    return "office"


def words(its_look: Look, its_notice: Notice, *, reported: bool = False) -> Words:
    """The words for a card; a block or a search asks nobody to come, whatever the stage.

    `reported`: the citizen's report is open, so nothing is to be done but wait.
    """
    said = WORDS[its_look]
    if reported and its_look in _DELIVERED:
        said = said._replace(do=_REPORTED)
    if its_look in (Look.OUT, Look.OUT_WITH_OLD_CARD, Look.OUT_WITH_POLICE_LETTER):
        said = said._replace(do=_both(said.do, _FREE))
    if not any(its_notice):
        return said
    if its_look in (Look.DUPLICATE, Look.UNREADABLE):
        said = WORDS[Look.PUT_RIGHT]
    elif its_look is Look.RETURNED:
        said = said._replace(headline=WORDS[Look.AT_KECAMATAN].headline)
    said = said._replace(do=_NOTHING, next=_PRINTED_AGAIN)
    if its_notice.sought:
        said = said._replace(sentence=_SOUGHT)
    if its_notice.blocked:
        after = _AFTER_CHECK_IN_QUEUE if its_look is Look.WAITING else _AFTER_CHECK
        said = said._replace(do=_BLOCKED, next=after)
    return said


def _both(first: Text, second: Text) -> Text:
    return f"{first} {second}"
