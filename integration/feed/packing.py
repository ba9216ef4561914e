"""Seals the values of a good row and packs them as one row of binary COPY."""

from collections.abc import Callable
from struct import Struct

from tracking import nik, sealing

from .copyformat import COLUMNS, GLANCE, NULL, length

Packer = Callable[..., bytes]

NO_VALUE, NO_DIGEST = NULL + NULL, bytes(8)
_SEALED_NIK = sealing.OVERHEAD + 8
# the columns of one length, each behind its length
_fixed = Struct(f">hihiii16si{_SEALED_NIK}siqiqiqiqi?i8si8s").pack
_digested = Struct(">16sqq?").pack
_glance = Struct(">hihiii16si8s").pack
_glance_without_nik = Struct(">hihiiii8s").pack


def glance_packer(file_no: int, written_in: str) -> Callable[[int, bytes, bytes], bytes]:
    """A function for a first look at the rows of one file: line, digits of the NIK (or empty), row as written."""
    index, digest_written = nik.indexers()[-1], writing_digester(written_in)
    count = len(GLANCE)

    def pack(line: int, digits: bytes, written: bytes) -> bytes:
        if not digits:
            return _glance_without_nik(count, 2, file_no, 4, line, -1, 8, digest_written(written))
        return _glance(count, 2, file_no, 4, line, 16, index(digits), 8, digest_written(written))

    return pack


def writing_digester(written_in: str) -> Callable[[bytes], bytes]:
    """A keyed digest of rows as they are written in one kind of file (columns, separator, encoding)."""
    begun = sealing.digester().copy()
    begun.update(written_in.encode("utf-8", "surrogatepass") + b"\0")
    copy = begun.copy

    def digest(written: bytes) -> bytes:
        keyed = copy()
        keyed.update(written)
        value: bytes = keyed.digest()
        return value

    return digest


def packer(file_no: int, written_in: str) -> Packer:
    """A function for the rows of one file; place, code, kind and fault come as bytes of the format."""
    indexers = nik.indexers()
    index, index_next = indexers[-1], indexers[0] if len(indexers) > 1 else None
    seal_nik, packed_nik = sealing.sealer(nik.FIELD), nik.packed
    seal_address, seal_phone = sealing.sealer(sealing.ADDRESS), sealing.sealer(sealing.PHONE)
    copy_digester, digest_written = sealing.digester().copy, writing_digester(written_in)
    count, sixteen, eight = len(COLUMNS), length(16), length(8)

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
        written: bytes,
        fault: bytes,
    ) -> bytes:
        number, raw_name = digits.encode(), name.encode()
        found_by = index(number)
        address_bytes = phone_bytes = NO_VALUE
        address_digest = phone_digest = NO_DIGEST
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
        given = requested is not None
        if requested is None:
            requested = recorded
        keyed = copy_digester()
        keyed.update(_digested(found_by, recorded, requested, given))
        keyed.update(b"".join((place, kind, address_digest, phone_digest, raw_name)))
        fixed = _fixed(
            count, 2, file_no, 4, line, 16, found_by, _SEALED_NIK, seal_nik(packed_nik(digits)),
            8, status[0], 8, status[1], 8, recorded, 8, requested, 1, given,
            8, keyed.digest(), 8, digest_written(written),
        )  # fmt: skip
        found_next = sixteen + index_next(number) if index_next else NULL
        return b"".join(
            (
                fixed,
                found_next,
                length(len(raw_name)),
                raw_name,
                place,
                code,
                kind,
                address_bytes,
                phone_bytes,
                fault,
            )
        )

    return pack
