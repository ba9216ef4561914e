"""Invented people by number: person i is the same in every file and every database."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

HEADER = (
    "NIK,NAMA_LGKP,NO_KEC,NO_KEL,NO_RW,NO_RT,CURRENT_STATUS_CODE,TGL_STATUS,TGL_REKAM,TGL_PERMOHONAN,"
    "JENIS,ALAMAT,NO_HP"
)
_FIRST = (
    "ADI BUDI CITRA DEWI EKO FITRI GALIH HESTI INDRA JOKO KARTIKA LESTARI MAYA NUR OKTA PUTRI RATNA SARI TONO "
    "UTAMI VINA WAHYU YANTI ZAINAL AGUS BAYU DIAN ENDAH FAJAR GITA HARI IWAN"
).split()
_LAST = (
    "SANTOSO WIBOWO LESTARI HIDAYAT NUGROHO SAPUTRA KUSUMA RAHAYU PRATAMA SETIAWAN HANDAYANI GUNAWAN SURYANI "
    "MAULANA SIREGAR SIMANJUNTAK NASUTION HARAHAP PERMATA WIJAYA SUSANTI FIRMANSYAH ANGGRAINI PURNAMA"
).split()
_KINDS = ("BARU",) * 8 + ("UBAH", "HILANG")
_START = datetime(2017, 1, 2, 8, 0)


class Life(NamedTuple):
    """Where a person's card is: the centre's last code, and the stage, if our own ledger leads."""

    code: str
    own_stage: str = ""


Plan = Callable[[int], Life]

_CITY = (
    *[Life("CARD_ISSUED")] * 30,
    *[Life("CARD_SHIPPED")] * 4,
    Life("PROCESSING"),
    Life("RECEIVED_AT_CENTRAL"),
    Life("ADJUDICATE_RECORD"),
    *[Life("PRINT_READY_RECORD")] * 2,
    Life("PRINT_READY_RECORD", "BLANK_ALLOCATED"),
    Life("CARD_PRINTED", "PRINTED"),
    Life("CARD_SHIPPED", "AT_KECAMATAN"),
    Life("CARD_SHIPPED", "OUT_FOR_DELIVERY"),
    Life("CARD_SHIPPED", "RETURNED"),
    Life("CARD_ISSUED", "DELIVERED"),
)


def city(i: int) -> Life:
    """All stages: most delivered long ago outside the ledger, some on their way, about a twentieth waiting."""
    return _CITY[i * 7 % len(_CITY)]


def matched(i: int) -> Life:
    return Life("SENT_FOR_DEDUP")


def waiting(i: int) -> Life:
    return Life("PRINT_READY_RECORD")


def fresh_among_served(i: int) -> Life:
    """Three of eight are newly recorded, spread over all the rest, who have their cards."""
    return Life("BIO_CAPTURED") if i % 8 in (0, 1, 2) else Life("CARD_ISSUED")


def line(i: int, code: str, kelurahan: list[tuple[int, int]], days: int = 0) -> str:
    """A feed row about person i, whose status is `days` later than at first. A city of 1,000 RW and 7,000 RT."""
    kecamatan, village = kelurahan[i % len(kelurahan)]
    day = i // 60 % 20_160
    nik = (
        f"3275{kecamatan:02}{day % 28 + 1 + 40 * (i & 1):02}{day // 28 % 12 + 1:02}"
        f"{(day // 336 + 50) % 100:02}{i // 1_209_600 * 60 + i % 60 + 1:04}"
    )
    reached = _START + timedelta(days=i % 120 + 10 + days, minutes=i * 37 % 600)
    begun = _START + timedelta(days=i % 120, minutes=i * 37 % 600)
    kind = _KINDS[i * 13 // 7 % 10]
    name = f"{_FIRST[i % 31]} {_FIRST[i // 31 % 32]} {_LAST[i // 7 % 24]}"
    return (
        f"{nik},{name},{kecamatan:02},{village},{i // 56 % 18 + 1:03},{i // 1008 % 7 + 1:03},{code},"
        f"{reached:%Y-%m-%d %H:%M:%S},{begun:%Y-%m-%d %H:%M:%S},,{kind},"
        f"JL MELATI {i % 400} NO {i % 97},0812{i * 7919 % 10**8:08}\n"
    )


def write(
    path: Path, rows: Iterable[tuple[int, str]], kelurahan: list[tuple[int, int]], days: int = 0
) -> Path:
    """A feed file of these people with these codes."""
    with path.open("w", encoding="ascii") as file:
        file.write(HEADER + "\n")
        file.writelines(line(i, code, kelurahan, days) for i, code in rows)
    return path


def on_the_way(i: int) -> Life:
    """Half in matching, half in the queue."""
    return Life("PRINT_READY_RECORD") if i % 2 else Life("SENT_FOR_DEDUP")


def waiting_in_one(i: int) -> Life:
    """All in the queue of one kecamatan, see city.villages_of."""
    return waiting(i)
