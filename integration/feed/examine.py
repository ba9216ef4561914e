"""One row, rule by rule in the order of the contract: its values, or its first fault in plain words."""

from typing import NamedTuple

from tracking import nik
from tracking.nik import NikError
from tracking.stages import CENTRAL_STAGE, Kind

from .columns import Header
from .dates import Dates, NoDate, shown_moment
from .reasons import Reason, RowFault, nik_message, shown
from .regions import NoPlace, Place, kelurahan_of_city, place_of
from .rows import OddRow
from .values import bare, neighbourhood, optional, tidied

FIELD_MAX, NAME_MAX = 10_000, 100
DATE_COLUMNS = ("TGL_STATUS", "TGL_REKAM", "TGL_PERMOHONAN")
_DATES_EXPECTED = "2017-08-31, 2017-08-31T10:00:00, 31-08-2017 atau 31/08/2017 10:00"


class Values(NamedTuple):
    """What a row says. `region_fault`: rejected for its region, all else is well, and the merge must know."""

    digits: str
    name: str
    place: Place | None
    rw: int | None
    rt: int | None
    code: str
    status: tuple[int, int]
    recorded: int
    requested: int | None
    kind: str | None
    address: str
    phone: str
    region_fault: RowFault | None


class Examiner:
    """Knows the columns of one file and what its sender may do."""

    def __init__(self, header: Header, only_kecamatan: int | None, latest: int) -> None:
        self.header = header
        self.only_kecamatan = only_kecamatan
        self.latest = latest  # the last microsecond that is not in the future
        self.dates = Dates()

    def examine(self, cells: list[str]) -> Values:
        """The values of the row, or RowFault."""
        self._refuse_malformed(cells)
        digits = self._nik(cells)
        name = tidied(self._cell(cells, "NAMA_LGKP"))
        if not name or self._is_error(cells, "NAMA_LGKP"):
            raise RowFault(Reason.NAME_MISSING, "NAMA_LGKP", self._empty_name(cells))
        place, region_fault = self._place(cells)
        try:
            return self._beyond_region(cells, digits, name, place, region_fault)
        except RowFault as later:
            # the first fault counts; but only what is well apart from its region goes on to the merge
            raise region_fault or later from None

    def _beyond_region(
        self, cells: list[str], digits: str, name: str, place: Place | None, region_fault: RowFault | None
    ) -> Values:
        rw, rt = self._neighbourhood(cells, "NO_RW"), self._neighbourhood(cells, "NO_RT")
        code = self._code(cells)
        status, recorded, requested = self._dates(cells)
        return Values(
            digits, name, place, rw, rt, code, status, recorded, requested, self._kind(cells),
            self._text(cells, "ALAMAT"), self._text(cells, "NO_HP"), region_fault,
        )  # fmt: skip

    def _cell(self, cells: list[str], column: str) -> str:
        at = self.header.place.get(column)
        return "" if at is None else cells[at]

    def _is_error(self, cells: list[str], column: str) -> bool:
        return isinstance(cells, OddRow) and self.header.place.get(column) in cells.errors

    def _text(self, cells: list[str], column: str) -> str:
        return optional(self._cell(cells, column))

    def _refuse_malformed(self, cells: list[str]) -> None:
        width = self.header.width
        if isinstance(cells, OddRow) and cells.malformed:
            raise RowFault(Reason.ROW_MALFORMED, "", cells.malformed)
        if len(cells) < width:
            raise RowFault(
                Reason.ROW_MALFORMED,
                "",
                f"hanya ada {len(cells)} isian. Diharapkan {width}, sebanyak kolom di baris pertama. "
                "Lengkapi pemisah kolom yang hilang lalu kirim lagi",
            )
        if any(cell.strip() for cell in cells[width:]):
            raise RowFault(
                Reason.ROW_MALFORMED,
                "",
                f"ada {len(cells)} isian. Diharapkan {width}, sebanyak kolom di baris pertama. "
                "Apit isian yang memuat pemisah kolom dengan tanda kutip lalu kirim lagi",
            )
        for at, cell in enumerate(cells[:width]):
            column = self.header.names[at] or f"ke-{at + 1}"
            if "\0" in cell:
                raise RowFault(
                    Reason.ROW_MALFORMED,
                    column,
                    "berisi karakter NUL. Diharapkan teks biasa. Ekspor ulang dari sistem asal",
                )
            if len(cell) > FIELD_MAX:
                raise RowFault(
                    Reason.ROW_MALFORMED,
                    column,
                    f"berisi {len(cell):,} karakter. Diharapkan paling banyak {FIELD_MAX:,}. "
                    "Periksa tanda kutip yang tidak ditutup".replace(",", "."),
                )
            if not cell.isascii() and any("\ud800" <= c <= "\udfff" for c in cell):
                raise RowFault(
                    Reason.ROW_MALFORMED,
                    column,
                    f"berisi bita yang bukan UTF-8: {shown(cell)}. Diharapkan seluruh berkas UTF-8. "
                    "Ketik ulang isian ini atau simpan ulang berkas sebagai CSV UTF-8",
                )
        for column in ("ALAMAT", "NO_HP"):
            if self._is_error(cells, column):
                raise RowFault(
                    Reason.ROW_MALFORMED,
                    column,
                    f"berisi galat lembar kerja {shown(self._cell(cells, column))}. Diharapkan teks. "
                    "Betulkan rumusnya atau kosongkan",
                )
        if len(name := tidied(self._cell(cells, "NAMA_LGKP"))) > NAME_MAX:
            raise RowFault(
                Reason.ROW_MALFORMED,
                "NAMA_LGKP",
                f"berisi {len(name)} karakter. Diharapkan paling banyak {NAME_MAX}. Singkatkan namanya",
            )

    def _nik(self, cells: list[str]) -> str:
        try:
            if isinstance(cells, OddRow) and (cells.numeric_nik or self._is_error(cells, "NIK")):
                raise NikError("damaged")
            return nik.parse(self._cell(cells, "NIK"))
        except NikError as error:
            raise RowFault(Reason.NIK_INVALID, "NIK", nik_message(error)) from None

    def _empty_name(self, cells: list[str]) -> str:
        read = shown(self._cell(cells, "NAMA_LGKP"))
        return f"terbaca {read}. Diharapkan nama lengkap. Isi nama lalu kirim lagi"

    def _place(self, cells: list[str]) -> tuple[Place | None, RowFault | None]:
        kecamatan, kelurahan = bare(self._cell(cells, "NO_KEC")), bare(self._cell(cells, "NO_KEL"))
        try:
            place = place_of(kecamatan, kelurahan)
        except NoPlace as error:
            read = shown(kecamatan if error.column == "NO_KEC" else kelurahan)
            if error.elsewhere:
                return None, RowFault(
                    Reason.REGION_UNKNOWN,
                    error.column,
                    f"terbaca {read}, wilayah di luar Kota Bekasi. Diharapkan wilayah 32.75. "
                    "Bila warga pindah ke luar kota, petugas memeriksa kartunya; bila salah tulis, betulkan",
                )
            raise RowFault(
                Reason.REGION_UNKNOWN,
                error.column,
                f"terbaca {read}. Diharapkan {_expected_region(error.column, kecamatan)}. "
                "Betulkan kode wilayah lalu kirim lagi",
            ) from None
        if self.only_kecamatan not in (None, place.kecamatan_id):
            return place, RowFault(
                Reason.REGION_NOT_ALLOWED,
                "NO_KEC",
                f"terbaca {shown(kecamatan)}. Diharapkan kecamatan {self.only_kecamatan:02}, "
                "satu-satunya yang boleh dikirim dengan token ini. Kirim lewat kecamatannya",
            )
        return place, None

    def _neighbourhood(self, cells: list[str], column: str) -> int | None:
        try:
            return neighbourhood(self._cell(cells, column))
        except ValueError:
            raise RowFault(
                Reason.RT_RW_INVALID,
                column,
                f"terbaca {shown(self._cell(cells, column))}. Diharapkan 1-3 angka, atau 000, - atau kosong "
                "bila tidak diketahui. Betulkan lalu kirim lagi",
            ) from None

    def _code(self, cells: list[str]) -> str:
        code = bare(self._cell(cells, "CURRENT_STATUS_CODE")).upper()
        if code not in CENTRAL_STAGE:
            raise RowFault(
                Reason.STATUS_UNKNOWN,
                "CURRENT_STATUS_CODE",
                f"terbaca {shown(self._cell(cells, 'CURRENT_STATUS_CODE'))}. Diharapkan kode pusat, "
                "misalnya PRINT_READY_RECORD atau CARD_SHIPPED. Pakai kode lengkap dari pusat",
            )
        return code

    def _dates(self, cells: list[str]) -> tuple[tuple[int, int], int, int | None]:
        read: list[tuple[int, int] | None] = []
        for column in DATE_COLUMNS:
            text = bare(self._cell(cells, column))
            if not text and column == "TGL_PERMOHONAN":
                read.append(None)
                continue
            try:
                read.append(self.dates.read(text))
            except NoDate:
                raise RowFault(
                    Reason.DATE_INVALID,
                    column,
                    f"terbaca {shown(text)}. Diharapkan tanggal yang ada di kalender, ditulis "
                    f"{_DATES_EXPECTED}. Betulkan lalu kirim lagi",
                ) from None
        for column, moments in zip(DATE_COLUMNS, read, strict=True):
            if moments and moments[0] > self.latest:
                raise RowFault(
                    Reason.DATE_IN_FUTURE,
                    column,
                    f"terbaca {shown_moment(moments[0])}. Diharapkan tidak sesudah "
                    f"{shown_moment(self.latest)}. Periksa apakah tahun, atau tanggal dan bulan, tertukar",
                )
        status, recorded, requested = read
        return status or (0, 0), (recorded or (0, 0))[0], requested[0] if requested else None

    def _kind(self, cells: list[str]) -> str | None:
        kind = bare(self._cell(cells, "JENIS")).upper()
        if kind and kind not in Kind:
            raise RowFault(
                Reason.KIND_UNKNOWN,
                "JENIS",
                f"terbaca {shown(self._cell(cells, 'JENIS'))}. Diharapkan {', '.join(Kind.values)} "
                "atau kosong. Betulkan lalu kirim lagi",
            )
        return kind or None


def _expected_region(column: str, kecamatan: str) -> str:
    if column == "NO_KEC":
        return "kecamatan 01 sampai 12 (atau 327501, 32.75.01)"
    try:
        number = place_of(kecamatan, "1001").kecamatan_id
    except NoPlace:
        number = int(kecamatan[-2:]) if kecamatan[-2:].isascii() and kecamatan[-2:].isdigit() else 0
    known = [str(kelurahan)[-4:] for kelurahan in sorted(kelurahan_of_city()) if kelurahan // 10000 == number]
    return f"kelurahan dari kecamatan itu: {', '.join(known)}" if known else "kelurahan dari kecamatan itu"
