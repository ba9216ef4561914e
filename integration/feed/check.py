"""Checks rows and packs them for the merge, a few microseconds a row.

A row that is plain in every respect takes the short way in Checker.check; whatever is not is examined rule by
rule (examine.py). Both ways give the same bytes.
"""

from operator import itemgetter
from typing import Any, NamedTuple

from tracking import nik
from tracking.nik import NikError

from .columns import Header
from .copyformat import NULL, int2, int4, sized
from .dates import NoDate
from .examine import NAME_MAX, Examiner
from .packing import packer
from .reasons import Fault, RowFault, message_at
from .rows import OddRow, Rows, WrittenRows
from .values import are_tidy, bare, is_blank, optional, tidied

_REMEMBERED, _LONG = 50_000, 1_000  # values, and characters of a row that is not worth remembering


class Checked(NamedTuple):
    """What came of some rows."""

    copy: bytes
    faults: list[Fault]
    read: int
    niks: int  # of 16 digits, and how many of them end in 0: a spreadsheet may have cut them
    niks_ending_0: int


class Checker:
    """Checks the rows of one file."""

    def __init__(
        self, header: Header, file_no: int, only_kecamatan: int | None, latest: int, written_in: str = ""
    ) -> None:
        self.header = header
        self.file_no = file_no
        self.latest = latest
        self.examiner = Examiner(header, only_kecamatan, latest)
        self.pack = packer(file_no, written_in)
        # What repeats in every feed, as bytes of the COPY format; only good values get in.
        self.places: dict[tuple[str, ...], bytes] = {}
        self.neighbourhoods: dict[str, bytes] = {}
        self.codes: dict[str, bytes] = {}
        self.kinds: dict[str, bytes] = {"": NULL}

    def check(self, rows: WrittenRows) -> Checked:  # noqa: PLR0912, PLR0915  # one loop: a call a row would cost
        header, place = self.header, self.header.place
        width, latest = header.width, self.latest
        i_nik, i_name, i_code = place["NIK"], place["NAMA_LGKP"], place["CURRENT_STATUS_CODE"]
        i_status, i_recorded = place["TGL_STATUS"], place["TGL_REKAM"]
        i_requested, i_kind = place.get("TGL_PERMOHONAN"), place.get("JENIS")
        i_address, i_phone = place.get("ALAMAT"), place.get("NO_HP")
        i_rw, i_rt, pick_place = place["NO_RW"], place["NO_RT"], itemgetter(place["NO_KEC"], place["NO_KEL"])
        places, neighbourhoods, codes, kinds = self.places, self.neighbourhoods, self.codes, self.kinds
        read_date, is_possible, pack = self.examiner.dates.read, nik.is_possible, self.pack
        out: list[bytes] = []
        faults: list[Fault] = []
        read = niks = niks_ending_0 = 0
        for line, cells, written in rows:
            try:
                if cells.__class__ is not list or (
                    len(cells) != width and (any(cells[width:]) or len(cells) < width)
                ):
                    raise KeyError
                digits, name = cells[i_nik], cells[i_name]
                if not (len(digits) == 16 and digits.isascii() and digits.isdigit() and is_possible(digits)):
                    digits = nik.parse(digits)
                address = cells[i_address] if i_address is not None else ""
                phone = cells[i_phone] if i_phone is not None else ""
                if not are_tidy(f"|{name}|{address}|{phone}|"):
                    name, address, phone = tidied(name), optional(address), optional(phone)
                if not 0 < len(name) <= NAME_MAX:
                    raise KeyError
                place_bytes = (
                    places[pick_place(cells)] + neighbourhoods[cells[i_rw]] + neighbourhoods[cells[i_rt]]
                )
                code_bytes = codes[cells[i_code]]
                kind_bytes = kinds[cells[i_kind]] if i_kind is not None else NULL
                status, recorded = read_date(cells[i_status]), read_date(cells[i_recorded])[0]
                requested = None
                if i_requested is not None and (given := bare(cells[i_requested])):
                    requested = read_date(given)[0]
                    if requested > latest:
                        raise KeyError
                if status[0] > latest or recorded > latest:
                    raise KeyError
            except (KeyError, NoDate, NikError):
                if is_blank(cells) and not getattr(cells, "malformed", ""):
                    continue
                read += 1
                if (ending_0 := self.ends_in_0(cells)) is not None:
                    niks += 1
                    niks_ending_0 += ending_0
                examined = self.examined(line, cells, written)
                if isinstance(examined, bytes):
                    out.append(examined)
                else:
                    faults.append(examined)
                continue
            read += 1
            niks += 1
            niks_ending_0 += digits[15] == "0"
            out.append(
                pack(line, digits, name, place_bytes, code_bytes, status, recorded, requested, kind_bytes,
                     address, phone, written, NULL)
            )  # fmt: skip
        return Checked(b"".join(out), faults, read, niks, niks_ending_0)

    def recheck(self, line: int, cells: list[str]) -> Fault | None:
        """The fault, in words, of a row that is read a second time; a region's too, though it was packed."""
        try:
            region_fault = self.examiner.examine(cells).region_fault
        except RowFault as fault:
            return self._fault(line, cells, fault)
        return self._fault(line, cells, region_fault) if region_fault else None

    def examined(self, line: int, cells: list[str], written: bytes) -> bytes | Fault:
        try:
            values = self.examiner.examine(cells)
        except RowFault as fault:
            return self._fault(line, cells, fault)
        kecamatan, kelurahan = values.place or (None, None)
        place_bytes, code_bytes = int2(kecamatan) + int4(kelurahan), sized(values.code.encode())
        rw_bytes, rt_bytes = int2(values.rw), int2(values.rt)
        kind_bytes = sized(values.kind.encode() if values.kind else None)
        fault_bytes = NULL
        if values.region_fault:
            fault_bytes = sized(values.region_fault.reason.encode())
        else:
            self._remember(cells, place_bytes, rw_bytes, rt_bytes, code_bytes, kind_bytes)
        return self.pack(
            line, values.digits, values.name, place_bytes + rw_bytes + rt_bytes, code_bytes, values.status,
            values.recorded, values.requested, kind_bytes, values.address, values.phone, written, fault_bytes,
        )  # fmt: skip

    def ends_in_0(self, cells: list[str]) -> bool | None:
        at = self.header.place["NIK"]
        if at >= len(cells) or (isinstance(cells, OddRow) and cells.numeric_nik):
            return None
        return nik.ends_in_0(cells[at])

    def _remember(
        self, cells: list[str], place: bytes, rw: bytes, rt: bytes, code: bytes, kind: bytes
    ) -> None:
        if sum(map(len, cells)) > _LONG:
            return
        known: dict[Any, bytes]
        for known in (self.places, self.neighbourhoods, self.codes):
            if len(known) > _REMEMBERED:
                known.clear()
        if len(self.kinds) > _REMEMBERED:
            self.kinds = {"": NULL}
        at = self.header.place
        self.places[cells[at["NO_KEC"]], cells[at["NO_KEL"]]] = place
        self.neighbourhoods[cells[at["NO_RW"]]] = rw
        self.neighbourhoods[cells[at["NO_RT"]]] = rt
        self.codes[cells[at["CURRENT_STATUS_CODE"]]] = code
        if "JENIS" in at:
            self.kinds[cells[at["JENIS"]]] = kind

    def _fault(self, line: int, cells: list[str], fault: RowFault) -> Fault:
        message = message_at(line, fault.column, fault.message)
        return Fault(self.file_no, line, fault.reason, message, list(cells))


def as_written(rows: Rows) -> WrittenRows:
    """Rows of a file that has no lines, with bytes that are equal where all cells are."""
    for line, cells in rows:
        yield line, cells, "\0".join(cells).encode("utf-8", "surrogatepass")
