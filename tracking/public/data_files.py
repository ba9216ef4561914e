"""The open data as the page about them and the catalogues of data portals describe it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from ..models import Publication, PublishedFile
from ..publication import queries
from . import dates

LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"
"""Names and codes of the kecamatan are from idn-area-data, which asks that what holds them is licensed alike."""
SOURCE = "https://github.com/fityannugroho/idn-area-data"
FEED_DAYS = 30
LOG, INTEGRITY = "catatan.txt", "integritas.json"

# Of a column: its type in Table Schema, where it is no string.
TYPES = {
    "integer": (
        "jumlah di_luar_buku no nomor nomor_terakhir menunggu dicetak pengecualian saldo sampai_nomor dokumen peristiwa"
    ).split(),
    "date": "tanggal berlaku_sejak paling_cepat paling_lambat dari sampai".split(),
}
ACTS = ["masuk", "keluar", "kembali", "dicetak", "pengecualian"]


class Row(NamedTuple):
    """A file in the page's list."""

    name: str
    content: str
    lines: str
    size: str


def content(name: str) -> str:
    """What a file holds, in a sentence."""
    if name.startswith("antrean/"):
        return _("Setiap nomor antrean di kecamatan ini: masuk, keluar, kembali, dicetak, pengecualian.")
    known = {
        "hari": _("Hari ini: sampai kapan dihitung, banyak peristiwa, akar catatan pribadi."),
        "progres": _("Jumlah kartu menurut kecamatan dan tahap; di antaranya di luar buku blanko."),
        "aturan": _("Urutan huruf yang berlaku dan keputusannya."),
        "antrean": _("Ringkasan antrean menurut kecamatan dan huruf."),
        "perkiraan": _("Perkiraan tanggal cetak menurut nomor."),
        "ketepatan": _("Seberapa tepat perkiraan sejauh ini."),
        "blanko": _("Saldo blanko di setiap rekening."),
        "mutasi": _("Perpindahan blanko hari itu menurut sebab."),
        "pembagian": _("Pembagian blanko ke kecamatan."),
        "pengecualian": _("Pengecualian seminggu menurut golongan, seluruh kota; golongan kecil digabung."),
    }
    return known.get(name, "")


def rows(day: date, language: str) -> list[Row]:
    """The files of a day but the queues' logs, of which there is one for each kecamatan."""
    return [
        Row(
            f"{file.name}.csv",
            content(file.name),
            dates.figure(file.lines, language),
            _size(file.size, language),
        )
        for file in queries.files_of(day)
        if not file.name.startswith("antrean/")
    ]


def _size(size: int, language: str) -> str:
    return f"{dates.figure(-(-size // 1024), language)} KB"


def package(files: Iterable[PublishedFile]) -> dict[str, Any]:
    """A Data Package with the Table Schema of every file, beside the files of a day."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "e-ktp-bekasi",
        "title": "Pengumuman harian e-KTP Kota Bekasi",
        "licenses": [{"name": "ODbL-1.0", "path": LICENCE, "title": "Open Database License 1.0"}],
        "sources": [{"title": "idn-area-data (nama dan kode wilayah)", "path": SOURCE}],
        "resources": [_resource(file) for file in files],
    }


def _resource(file: PublishedFile) -> dict[str, Any]:
    return {
        "name": file.name.replace("/", "-"),
        "path": f"{file.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "description": content(file.name),
        "schema": {"fields": [_field(name) for name in file.header.split(",")]},
    }


def _field(name: str) -> dict[str, Any]:
    kind = next((kind for kind, names in TYPES.items() if name in names), "string")
    if name == "peristiwa":
        return {"name": name, "type": "string", "constraints": {"enum": ACTS}}
    return {"name": name, "type": kind}


def schema() -> dict[str, Any]:
    """JSON Schema of integritas.json, and of progres.json under $defs."""
    root = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    count = {"type": "integer", "minimum": 0}
    row = {name: {"type": "string"} for name in ("kode_kecamatan", "kecamatan", "tahap")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": INTEGRITY,
        "type": "object",
        "required": ["days"],
        "properties": {
            "days": {
                "type": "array",
                "items": _object(
                    date={"type": "string", "format": "date"}, public_root=root, private_root=root, events=count,
                    previous={"anyOf": [root, {"type": "null"}]},
                ),
            }
        },
        "$defs": {
            "progres": {
                "type": "array",
                "items": _object(tanggal={"type": "string", "format": "date"}, **row, jumlah=count, di_luar_buku=count),
            }
        },
    }  # fmt: skip


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def catalogue(newest: Publication, files: Iterable[PublishedFile], address: str) -> dict[str, Any]:
    """The entry for a data portal: DCAT 3 as JSON-LD."""
    name = "e-KTP Kota Bekasi"
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": address,
        "@type": "dcat:Dataset",
        "dct:title": {"@value": f"Pengumuman harian {name}", "@language": "id"},
        "dct:description": {"@value": "Tahap kartu, antrean, dan blanko setiap hari, tanpa data pribadi.", "@language": "id"},
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": "Disdukcapil Kota Bekasi"},
        "dct:license": {"@id": LICENCE},
        "dct:source": {"@id": SOURCE},
        "dct:accrualPeriodicity": {"@id": "http://publications.europa.eu/resource/authority/frequency/DAILY"},
        "dct:modified": {"@value": newest.closed_at.isoformat(), "@type": "xsd:dateTime"},
        "dcat:keyword": ["e-KTP", "antrean", "blanko", "Kota Bekasi"],
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": f"{file.name}.csv",
                "dcat:downloadURL": {"@id": f"{address}{file.name}.csv"},
                "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
                "dcat:byteSize": file.size,
                "dct:conformsTo": {"@id": f"{address}datapackage.json"},
            }
            for file in files
        ],
    }  # fmt: skip


def feed(address: str) -> dict[str, Any]:
    """The daily publication as a JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "e-KTP Kota Bekasi: pengumuman harian",
        "home_page_url": address,
        "feed_url": f"{address}feed.json",
        "language": settings.LANGUAGE_CODE,
        "items": [_item(day, address) for day in queries.days(FEED_DAYS)],
    }


def _item(publication: Publication, address: str) -> dict[str, Any]:
    point = next(iter(queries.queue_trend(publication.day, publication.day)), None)
    figures = (
        f"{dates.figure(point.waiting, 'id')} nomor dalam antrean; {dates.figure(point.served, 'id')} dicetak,"
        f" {dates.figure(point.exceptions, 'id')} pengecualian. "
        if point
        else ""
    )
    return {
        "id": f"{address}{publication.day}/",
        "url": f"{address}{publication.day}/",
        "title": f"Pengumuman {dates.day(publication.day, 'id')}",
        "content_text": f"{figures}Akar catatan umum: {bytes(publication.public_root).hex()}",
        "date_published": publication.closed_at.isoformat(),
    }


def address_of(host: str) -> str:
    """Where /data/ is, whole."""
    return f"{settings.SITE_URL or host}/data/"
