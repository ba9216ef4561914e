"""What the database refuses, said to a person: what is wrong and what to do next."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection
from django.utils.translation import gettext

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 8


class Refused(Exception):
    """Perubahan ini ditolak. Muat ulang halaman kartu, lalu lihat tindakan yang boleh dilakukan sekarang."""

    def __str__(self) -> str:
        return gettext(" ".join((self.__doc__ or "").split()))


class NobodySaid(Refused):
    """Pelaku perubahan ini tidak diketahui. Masuk kembali, lalu ulangi."""


class NoSuchStep(Refused):
    """Kartu tidak boleh melangkah ke tahap itu. Muat ulang halaman: mungkin tahapnya sudah berubah."""


class ReasonNeeded(Refused):
    """Langkah ini perlu sebab dari daftar. Pilih salah satu, lalu kirim lagi."""


class Blocked(Refused):
    """Blokir tidak mengizinkannya. Blokir dicabut
    oleh penyelia dengan alasan; hanya kartu yang belum selesai dapat diblokir."""


class NotTheLastStep(Refused):
    """Hanya langkah terakhir kartu ini yang dapat dibetulkan.
    Muat ulang halaman, lalu lihat langkah terakhirnya."""


class NotYours(Refused):
    """Pembetulan dilakukan oleh penyelia, atau segera oleh yang mencatat langkah itu. Hubungi penyelia."""


class NotByHand(Refused):
    """Warga, jenis, nomor antrean, tanda dan blokir kartu tidak diubah dengan tangan.
    Pakai tindakan di halaman kartu."""


class UnknownCitizen(Refused):
    """Warga kartu ini tidak ada di data kami. Periksa kiriman data pusat."""


class OtherCardOpen(Refused):
    """Warga ini punya kartu lain yang belum selesai. Selesaikan atau batalkan dulu kartu itu."""


class AlreadyBlocked(Refused):
    """Kartu ini sudah diblokir dengan sebab yang sama. Muat ulang halaman untuk melihatnya."""


class TryAgain(Refused):
    """Kartu ini sedang dikerjakan, mungkin oleh impor yang berjalan.
    Belum ada yang berubah: coba lagi sebentar."""


class Moved(Refused):
    """Kartu ini sudah pindah tahap sejak halaman dibuka, dan belum diubah.
    Lihat tahapnya sekarang, lalu putuskan lagi."""


class AlreadyLifted(Refused):
    """Blokir ini sudah dicabut. Muat ulang halaman untuk melihat siapa yang mencabutnya."""


class NothingToConfirm(Refused):
    """Kartu ini tidak sedang dicari: sudah dikonfirmasi, atau tidak lagi di luar buku."""


class RuleTooLate(Refused):
    """Pada hari itu sudah ada kartu yang dilayani menurut urutan yang lama, atau harinya sudah diumumkan.
    Pilih hari sesudahnya."""


class CaseThere(Refused):
    """Laporan tentang kartu ini sudah kami terima dan belum dijawab. Tunggu jawabannya."""


class NoSuchCase(Refused):
    """Tahap kartu ini sudah berubah, jadi laporan ini tidak dapat dibuat. Lihat statusnya sekarang."""


class NoSuketNow(Refused):
    """Suket hanya untuk warga yang menunggu kartunya. Lihat tahap kartu ini sekarang."""


class AlreadyAnswered(Refused):
    """Laporan ini sudah dijawab. Muat ulang halaman untuk melihat jawabannya."""


BY_SQLSTATE: dict[str, type[Refused]] = {
    "EK001": NobodySaid,
    "EK002": NoSuchStep,
    "EK003": ReasonNeeded,
    "EK004": Blocked,
    "EK005": NotTheLastStep,
    "EK006": NotYours,
    "EK007": NotByHand,
    "EK008": UnknownCitizen,
    "EK019": RuleTooLate,
    "EK040": NoSuchCase,
    "EK041": AlreadyAnswered,
    "EK042": NoSuketNow,
    "55P03": TryAgain,
    "40001": TryAgain,
    "40P01": TryAgain,
    "57014": TryAgain,
}
BY_CONSTRAINT: dict[str, type[Refused]] = {
    "one_open_card": OtherCardOpen,
    "one_block_a_reason": AlreadyBlocked,
    "undone_once": NotTheLastStep,
    "one_open_case": CaseThere,
}
# Two transactions met (or the queue moved under one): the loser has changed nothing and simply goes again.
GO_AGAIN = ("40001", "40P01", "EK011")


def refusal(error: DatabaseError) -> type[Refused] | None:
    """Which refusal a database error is, if it is one that a person may meet."""
    diag = getattr(error.__cause__, "diag", None)
    constraint = getattr(diag, "constraint_name", None) or ""
    return BY_CONSTRAINT.get(constraint) or BY_SQLSTATE.get(sqlstate(error))


def sqlstate(error: DatabaseError) -> str:
    return getattr(error.__cause__, "pgcode", None) or ""


@contextmanager
def translated() -> Iterator[None]:
    """Database errors that a person may meet come out as Refused; all others stay what they are."""
    try:
        yield
    except DatabaseError as error:
        kind = refusal(error)
        if kind is None:
            raise
        raise kind from error


def action(write: Callable[P, T]) -> Callable[P, T]:
    """A write of staff: says Refused, and goes again when two transactions met (unless nested)."""
    return going_again()(write)


def going_again(*quicker: type[Refused]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """The same for a write that chooses its own figures: one of these says that somebody was quicker, so it chooses anew."""

    def decorate(write: Callable[P, T]) -> Callable[P, T]:
        @wraps(write)
        def once_or_again(*args: P.args, **kwargs: P.kwargs) -> T:
            for tried in range(1, TRIES + 1):
                try:
                    with translated():
                        return write(*args, **kwargs)
                except Refused as refused:
                    again = isinstance(refused, quicker) or _two_met(refused)
                    if connection.in_atomic_block or not again or tried == TRIES:
                        raise
                    time.sleep(0.02 * tried)
            raise AssertionError("unreachable")

        return once_or_again

    return decorate


def _two_met(refused: Refused) -> bool:
    """Whether the database says so, or the write itself, which has seen that something moved under it."""
    error = refused.__cause__
    return isinstance(refused, TryAgain) and (
        not isinstance(error, DatabaseError) or sqlstate(error) in GO_AGAIN
    )
