"""The list a courier signs and carries: order of walking, name, address, room for a signature. Never a NIK."""

from datetime import date

from django.utils import timezone

from blanks.papers.base import Signature, facts, paper, signatures, table, tanggal, text

from ..models import Round
from ..queries.rounds import Line, name_of


def walk(its_round: Round, lines: list[Line]) -> bytes:
    """The PDF. Results can be written on it by hand: the letters are those of the page on which they are entered."""
    made: date = timezone.localtime(its_round.at).date()
    rows = [
        [
            line.place.position,
            line.name,
            ", ".join(filter(None, [line.address, _kept(line.where)])),
            "",
            "",
            "",
        ]
        for line in lines
    ]
    parts = [
        facts(
            [
                ("Kecamatan", str(its_round.kecamatan)),
                ("Kurir", name_of(its_round.courier)),
                ("Surat tugas", its_round.courier.letter_number),
                ("Jumlah kartu", str(len(lines))),
                ("Dibuat", tanggal(made)),
            ]
        ),
        table(
            ["No.", "Nama", "Alamat", "Hasil", "Diambil", "Nama dan tanda tangan penerima"],
            rows,
            widths=[7, 20, 31, 9, 10, 23],
            numbers=[0],
            least_height=34,
        ),
        text(
            "Hasil: D diserahkan kepada pemegang, K kepada keluarga (tulis namanya), T tidak di rumah, P pindah, M menolak,"
            " W meninggal, A alamat tidak ketemu, S data salah. Diambil: L KTP lama, S suket, P surat polisi."
        ),
        text("Gratis. Penerima mencocokkan data di kartu sebelum tanda tangan."),
        signatures(
            [Signature("Petugas kecamatan"), Signature("Kurir RT/RW", name_of(its_round.courier), None)],
            place_and_date="Bekasi, ..............................",
        ),
    ]
    return paper("Daftar antar e-KTP", parts, number=f"Putaran {its_round.pk}")


def _kept(where: str) -> str:
    """RT and RW stay with their numbers at the end of a line."""
    return where.replace("RT ", "RT\u00a0").replace("RW ", "RW\u00a0")
