"""Seals the values of a good row and packs them as one row of binary COPY."""

from collections.abc import Callable

from tracking import nik, sealing

from .copyformat import FALSE, NULL, TRUE, head, sized, two_int8

Packer = Callable[..., bytes]

ADDRESS, PHONE = b"address", b"phone"


def packer(file_no: int) -> Packer:
    """A function for the rows of one file; place, code, kind and fault come as bytes of the format."""
    indexers = nik.indexers()
    index, index_next = indexers[-1], indexers[0] if len(indexers) > 1 else None
    seal_nik, packed_nik = sealing.sealer(nik.FIELD), nik.packed
    seal_address, seal_phone = sealing.sealer(ADDRESS), sealing.sealer(PHONE)
    digester = sealing.digester()

    def digest(value: bytes) -> bytes:
        keyed = digester.copy()
        keyed.update(value)
        return b"\0\0\0\x08" + keyed.digest()  # type: ignore[no-any-return]

    def sealed(seal: Callable[[bytes], bytes], value: str) -> tuple[bytes, bytes]:
        raw = value.encode()
        digest_bytes = digest(sized(raw))  # the same as sealing.digest64(raw)
        return sized(seal(raw)) + digest_bytes, digest_bytes

    def pack(  # noqa: PLR0917  # by position: it is called for every row
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
        ascii_digits = digits.encode()
        indexes = b"\0\0\0\x10" + index(ascii_digits)
        indexes += b"\0\0\0\x10" + index_next(ascii_digits) if index_next else NULL
        if requested is None:
            dates = two_int8(status[0], status[1]) + two_int8(recorded, recorded) + FALSE
        else:
            dates = two_int8(status[0], status[1]) + two_int8(recorded, requested) + TRUE
        values = sized(name.encode()) + place + code + dates + kind
        address_bytes, address_digest = sealed(seal_address, address) if address else (NULL + NULL, NULL)
        phone_bytes, phone_digest = sealed(seal_phone, phone) if phone else (NULL + NULL, NULL)
        return b"".join(
            (
                head(file_no, line),
                indexes,
                sized(seal_nik(packed_nik(digits))),
                values,
                address_bytes,
                phone_bytes,
                digest(indexes + values + address_digest + phone_digest),
                fault,
            )
        )

    return pack
