"""Which text a file is: UTF-8, UTF-16 with its mark, or Windows-1252; decided over the whole file, once."""

import codecs
from typing import NamedTuple

from . import errors
from .errors import UnreadableFile
from .sources import SealedSpool, Source

_BLOCK = 1 << 20
_LOOKED_AT = 1 << 16
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_ODD = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f")) + b"\x7f"
_MAGIC = {
    b"PK\x03\x04": "arsip ZIP yang bukan XLSX",
    b"PK\x05\x06": "arsip ZIP kosong",
    b"\x1f\x8b": "berkas terkompresi gzip; buka dulu",
    b"BZh": "berkas terkompresi bzip2; buka dulu",
    b"\xfd7zXZ": "berkas terkompresi xz; buka dulu",
    b"7z\xbc\xaf\x27\x1c": "arsip 7z; buka dulu",
    b"Rar!": "arsip RAR; buka dulu",
    b"%PDF": "PDF",
    b"\x89PNG": "gambar",
    b"\xff\xd8\xff": "gambar",
    b"GIF8": "gambar",
    b"{\\rtf": "dokumen RTF",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe\x00\x00": "UTF-32",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Text(NamedTuple):
    """A source that is compatible with ASCII, from `start` on in `encoding`."""

    source: Source
    encoding: str
    start: int


def text_of(source: Source) -> Text:
    """How to read the source as text, or UnreadableFile."""
    beginning = source.read_at(0, _LOOKED_AT)
    _refuse_known_formats(source, beginning)
    for mark, encoding in _UTF16.items():
        if beginning.startswith(mark):
            return Text(_from_utf16(source, encoding), "utf-8", 0)
    start = len(codecs.BOM_UTF8) if beginning.startswith(codecs.BOM_UTF8) else 0
    odd = len(beginning) - len(beginning.translate(None, _ODD))
    if odd * 50 > len(beginning):
        raise _not_text(source, "isinya bukan teks (UTF-16 tanpa BOM?)")
    return Text(source, _encoding_of(source, start), start)


def _refuse_known_formats(source: Source, beginning: bytes) -> None:
    if beginning.startswith(_OLE):
        if _contains(source, "EncryptedPackage".encode("utf-16-le")):
            raise UnreadableFile(
                errors.ENCRYPTED,
                f"{source.name} terkunci kata sandi. Hapus kata sandinya di Excel, simpan, lalu kirim lagi.",
            )
        raise _not_text(source, "format Excel lama (.xls)")
    for magic, what in _MAGIC.items():
        if beginning.startswith(magic):
            raise _not_text(source, what)


def _not_text(source: Source, what: str) -> UnreadableFile:
    return UnreadableFile(
        errors.NOT_TEXT,
        f"{source.name} bukan CSV atau XLSX: {what}. Simpan sebagai CSV UTF-8 atau XLSX lalu kirim lagi.",
    )


def _contains(source: Source, wanted: bytes) -> bool:
    starts = range(0, min(source.size, 64 * _BLOCK), _BLOCK)
    return any(wanted in source.read_at(at, _BLOCK + len(wanted)) for at in starts)


def _from_utf16(source: Source, encoding: str) -> Source:
    """The same text in UTF-8. Half a pair of surrogates becomes no UTF-8 either: a fault of its row."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    spool = SealedSpool(source.name)
    try:
        for at in range(2, source.size, _BLOCK):
            text = decoder.decode(source.read_at(at, _BLOCK), final=at + _BLOCK >= source.size)
            spool.write(text.encode("utf-8", "surrogatepass"))
    except UnicodeDecodeError as error:
        raise _not_text(source, "teks UTF-16 yang terpotong") from error
    spool.close()
    return spool


def _encoding_of(source: Source, start: int) -> str:
    """UTF-8 if the whole file is. If not: which of the two does it look like, seen over all of it?

    With a UTF-8 mark, or where more characters are good UTF-8 than are not, single rows are damaged and get
    their fault; else an office program wrote Windows-1252, where an odd byte may first come megabytes in.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(start, source.size, _BLOCK):
            decoder.decode(source.read_at(at, _BLOCK), final=at + _BLOCK >= source.size)
    except UnicodeDecodeError:
        return "utf-8" if start or _mostly_utf8(source) else "cp1252"
    return "utf-8"


def _mostly_utf8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    for at in range(0, source.size, _BLOCK):
        text = decoder.decode(source.read_at(at, _BLOCK), final=at + _BLOCK >= source.size)
        if not text.isascii():
            odd = [c for c in text if c > "\x7f"]
            bad_here = sum("\udc80" <= c <= "\udcff" for c in odd)
            bad += bad_here
            good += len(odd) - bad_here
    return good > bad
