"""Why a row is rejected: the codes of the contract, in the order in which they are tried, and their words.

A message names line, column, what was read (never a NIK), what was expected, and how to put it right.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from tracking.nik import INVISIBLE, NikError


class Reason(StrEnum):
    """The first fault of a row. Those from CARD_IS_FINAL on are decided by the merge; STALE is an outcome."""

    ROW_MALFORMED = "row_malformed"
    NIK_INVALID = "nik_invalid"
    NAME_MISSING = "name_missing"
    REGION_UNKNOWN = "region_unknown"
    REGION_NOT_ALLOWED = "region_not_allowed"
    RT_RW_INVALID = "rt_rw_invalid"
    STATUS_UNKNOWN = "status_unknown"
    DATE_INVALID = "date_invalid"
    DATE_IN_FUTURE = "date_in_future"
    KIND_UNKNOWN = "kind_unknown"
    STALE = "stale"
    CARD_IS_FINAL = "card_is_final"
    KIND_CONFLICT = "kind_conflict"
    CARD_OPEN = "card_open"
    PRINTED_ELSEWHERE = "printed_elsewhere"
    ALREADY_PRINTED = "already_printed"
    ILLEGAL_TRANSITION = "illegal_transition"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[Reason, str] = {
    Reason.ROW_MALFORMED: "Susunan baris rusak",
    Reason.NIK_INVALID: "NIK tidak sah",
    Reason.NAME_MISSING: "Nama kosong",
    Reason.REGION_UNKNOWN: "Wilayah tidak dikenal",
    Reason.REGION_NOT_ALLOWED: "Wilayah di luar wewenang pengirim",
    Reason.RT_RW_INVALID: "RT/RW tidak sah",
    Reason.STATUS_UNKNOWN: "Kode status tidak dikenal",
    Reason.DATE_INVALID: "Tanggal tidak sah",
    Reason.DATE_IN_FUTURE: "Tanggal di masa depan",
    Reason.KIND_UNKNOWN: "Jenis permohonan tidak dikenal",
    Reason.STALE: "Lebih lama daripada data yang sudah ada",
    Reason.CARD_IS_FINAL: "Kartu sudah selesai",
    Reason.KIND_CONFLICT: "Jenis permohonan bertentangan",
    Reason.CARD_OPEN: "Masih ada kartu lain yang berjalan",
    Reason.PRINTED_ELSEWHERE: "Menurut pusat dicetak di tempat lain",
    Reason.ALREADY_PRINTED: "Dihentikan pusat, padahal sudah dicetak",
    Reason.ILLEGAL_TRANSITION: "Urutan status tidak mungkin",
}

# What the merge decides; {code} is the row's CURRENT_STATUS_CODE and {kind} its JENIS.
_OF_MERGE: dict[Reason, str] = {
    Reason.REGION_NOT_ALLOWED: (
        "kartu ini milik kecamatan lain daripada kecamatan token pengirim. "
        "Kirim baris ini lewat kecamatannya, atau minta Disdukcapil memeriksa"
    ),
    Reason.CARD_IS_FINAL: (
        "semua kartu warga ini sudah selesai (diterima atau dibatalkan); baris ini bukan permohonan baru. "
        "Untuk kartu baru isi TGL_PERMOHONAN sesudah kartu terakhir dan JENIS yang benar"
    ),
    Reason.KIND_CONFLICT: (
        "JENIS {kind} tidak mungkin: warga ini sudah pernah menerima kartu. "
        "Diharapkan RUSAK, HILANG atau UBAH. Betulkan JENIS lalu kirim lagi"
    ),
    Reason.CARD_OPEN: (
        "JENIS {kind} berbeda dari kartu yang masih berjalan. Satu warga hanya punya satu kartu berjalan: "
        "kosongkan JENIS bila yang dimaksud kartu itu, atau tunggu sampai kartu itu selesai"
    ),
    Reason.PRINTED_ELSEWHERE: (
        "{code} menyatakan kartu sudah dicetak, padahal buku blanko kita belum mencetaknya. "
        "Kartu diblokir; petugas memeriksa dulu di mana kartu itu dicetak"
    ),
    Reason.ALREADY_PRINTED: (
        "{code} menghentikan kartu yang sudah dicetak atau lebih jauh. Kartu diblokir; petugas memeriksa dulu"
    ),
    Reason.ILLEGAL_TRANSITION: (
        "{code} tidak mungkin menyusul tahap kartu sekarang. "
        "Periksa CURRENT_STATUS_CODE dan TGL_STATUS di pusat"
    ),
}


class Fault(NamedTuple):
    """One rejected row as it came in."""

    file_no: int
    line: int
    reason: Reason
    message: str
    cells: list[str]


class RowFault(Exception):
    """The first fault of the row at hand."""

    def __init__(self, reason: Reason, column: str, message: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.message = message


def message_at(line: int, column: str, text: str) -> str:
    """`Baris 12, kolom NO_RT: …`"""
    return f"Baris {line}, kolom {column}: {text}." if column else f"Baris {line}: {text}."


def message_of_merge(reason: str, line: int, code: str = "", kind: str | None = None) -> str:
    """The words for a row that was read well but can't be applied."""
    text = _OF_MERGE[Reason(reason)].format(code=code or "Kode ini", kind=kind or "(kosong)")
    return message_at(line, "", text[0].upper() + text[1:])


LONG_NUMBER = re.compile(rf"[0-9](?:[\s.\-,{INVISIBLE}]*[0-9]){{11,}}|[0-9][.,][0-9]+[eE][+-]?[0-9]+")
_SHOWN = 40


def shown(value: str) -> str:
    """What was read, for a message: short, and without anything that may be part of a NIK."""
    value = value.encode("utf-8", "replace").decode() if not value.isascii() else value
    value = "".join(c if c.isprintable() else "\u2423" for c in value[:400])
    if LONG_NUMBER.search(value):
        return "angka panjang yang mungkin NIK"
    if not value.strip():
        return "kosong"
    return f"\u201c{value[:_SHOWN]}\u2026\u201d" if len(value) > _SHOWN else f"\u201c{value}\u201d"


EXPORT_HINT = (
    "Ekspor ulang dari sistem asal dengan kolom NIK berformat Teks (di Excel: Data > Dari Teks, "
    "jenis kolom Teks); mengubah format sesudahnya tidak mengembalikan angka yang hilang"
)


def nik_message(error: NikError) -> str:
    """What is wrong with a NIK, without any of its digits."""
    match error.code:
        case "empty":
            return "kosong. Diharapkan 16 angka. Isi NIK lalu kirim lagi"
        case "damaged":
            return f"rusak oleh lembar kerja (menjadi bilangan). Diharapkan teks 16 angka. {EXPORT_HINT}"
        case "length":
            return f"terbaca {error.n} angka. Diharapkan 16 angka. Periksa di sistem asal"
        case "not_digits":
            hint = "Ketik ulang, misalnya huruf O menjadi angka 0"
            return f"berisi {shown(error.odd)} yang bukan angka 0-9. Diharapkan 16 angka. {hint}"
    if error.part == "serial":
        return f"nomor urut 0000 tidak pernah diterbitkan. Mungkin angka terakhirnya hilang. {EXPORT_HINT}"
    return "tanggal lahir di dalamnya tidak ada di kalender. Periksa NIK di sistem asal"
