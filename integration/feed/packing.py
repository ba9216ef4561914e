"""Seals the values of a good row and packs them as one row of binary COPY."""

import struct
from collections.abc import Callable

from tracking import nik, sealing

from .copyformat import COLUMNS, FALSE, NULL, TRUE, length

Packer = Callable[..., bytes]

NO_VALUE = NULL + NULL


def packer(file_no: int) -> Packer:
    """A function for the rows of one file; place, code, kind and fault come as bytes of the format."""
    indexers = nik.indexers()
    index, index_next = indexers[-1], indexers[0] if len(indexers) > 1 else None
    seal_nik, packed_nik = sealing.sealer(nik.FIELD), nik.packed
    seal_address, seal_phone = sealing.sealer(sealing.ADDRESS), sealing.sealer(sealing.PHONE)
    copy_digester = sealing.digester().copy
    count_and_file = struct.pack(">hih", len(COLUMNS), 2, file_no)
    pack_line_and_index = struct.Struct(">iii16s").pack
    pack_dates = struct.Struct(">iqiqiqiq").pack
    sixteen, eight = b"\0\0\0\x10", b"\0\0\0\x08"

    def pack(  # by position: it is called for every row
        line: int,
        digits: str,
        name: str,
        place: bytes,
        code: bytes,
        status: tuple[int, int],
        recorded: int,
        requested: int | None,
        kind: bytes,
        address: str,
        phone: str,
        fault: bytes,
    ) -> bytes:
        number = digits.encode()
        found_by = index(number)
        found_next = sixteen + index_next(number) if index_next else NULL
        address_bytes = phone_bytes = NO_VALUE
        address_digest = phone_digest = b""
        if address:
            raw = address.encode()
            keyed = copy_digester()
            keyed.update(length(len(raw)) + raw)  # as sealing.digest64(raw)
            address_digest = keyed.digest()
            blob = seal_address(raw)
            address_bytes = length(len(blob)) + blob + eight + address_digest
        if phone:
            raw = phone.encode()
            keyed = copy_digester()
            keyed.update(length(len(raw)) + raw)
            phone_digest = keyed.digest()
            blob = seal_phone(raw)
            phone_bytes = length(len(blob)) + blob + eight + phone_digest
        raw = name.encode()
        values = b"".join(
            (
                length(len(raw)),
                raw,
                place,
                code,
                pack_dates(
                    8, status[0], 8, status[1], 8, recorded, 8, recorded if requested is None else requested
                ),
                FALSE if requested is None else TRUE,
                kind,
            )
        )
        keyed = copy_digester()
        keyed.update(b"%b%b%b/%b" % (found_by, values, address_digest, phone_digest))
        blob = seal_nik(packed_nik(digits))
        return b"".join(
            (
                count_and_file,
                pack_line_and_index(4, line, 16, found_by),
                found_next,
                length(len(blob)),
                blob,
                values,
                address_bytes,
                phone_bytes,
                eight,
                keyed.digest(),
                fault,
            )
        )

    return pack
