"""The suket as it is handed to the citizen, and the list of papers taken back."""

from collections.abc import Iterable

from django.utils import timezone

from blanks.papers.base import CELL, Signature, facts, paper, signatures, table, tanggal, text, thousands
from tracking import nik, sealing
from tracking.actions.sukets import written_number
from tracking.codes import encode
from tracking.models import Card, Suket
from tracking.stages import Stage

from ..models.counter import ListedPaper, PaperList


def suket_paper(suket: Suket, card: Card) -> bytes:
    """The letter. It is the one paper that carries a NIK, because it stands in for the card: print, hand over, keep no copy."""
    citizen = card.citizen
    at = timezone.localtime(suket.at).date()
    street = (
        sealing.unseal(citizen.address_sealed, sealing.ADDRESS).decode() if citizen.address_sealed else ""
    )
    place = (
        f"RT {citizen.rt or '–'} / RW {citizen.rw or '–'}, {citizen.kelurahan}, {citizen.kelurahan.kecamatan}"
    )
    parts = [
        text("Yang bertanda tangan di bawah ini menerangkan bahwa:"),
        facts(
            [
                ("Nama", citizen.name),
                ("NIK", nik.unseal(citizen.nik_sealed)),
                ("Alamat", ", ".join(filter(None, [street, place]))),
            ]
        ),
        text(
            "benar penduduk Kota Bekasi, sudah direkam, dan datanya siap dicetak menjadi KTP elektronik. "
            f"{_why(card)}"
        ),
        text(
            f"Surat ini menggantikan KTP elektronik sampai {tanggal(suket.valid_until)}, dapat diperpanjang, dan "
            "diserahkan kembali saat kartu diterima."
        ),
        signatures([Signature("Petugas")], place_and_date=f"Bekasi, {tanggal(at)}"),
    ]
    return paper("Surat keterangan", parts, number=written_number(suket))


def _why(card: Card) -> str:
    """Why there is no card yet; true on the day the letter is printed."""
    if card.stage == Stage.WAITING_FOR_BLANK:
        return "Kartu belum dicetak karena blanko belum cukup."
    return "Kartu sedang dicetak atau dalam perjalanan kepada pemegangnya."


def list_paper(papers: PaperList, lines: Iterable[ListedPaper]) -> bytes:
    """The list that goes with the papers to Disdukcapil; codes of cards, no names."""
    listed = list(lines)
    at = timezone.localtime(papers.at)
    rows = [
        [
            thousands(number),
            str(one.get_kind_display()),
            encode(one.card_id),
            tanggal(timezone.localtime(one.taken_at).date()),
        ]
        for number, one in enumerate(listed, 1)
    ]
    parts = [
        facts(
            [
                ("Kecamatan", str(papers.kecamatan)),
                ("Dibuat", f"{tanggal(at.date())}, pukul {at:%H.%M}"),
                ("Jumlah", thousands(len(listed))),
            ]
        ),
        table(["No.", "Dokumen", "Kode kartu", "Ditarik"], rows, widths=[1, 4, 3, 3], numbers=[0]),
        text("Dokumen di atas dikembalikan ke Disdukcapil untuk dimusnahkan.", CELL),
        signatures(
            [Signature("Yang menyerahkan"), Signature("Yang menerima")],
            place_and_date=f"Bekasi, {tanggal(at.date())}",
        ),
    ]
    return paper("Daftar dokumen yang ditarik", parts, number=str(papers.pk))
