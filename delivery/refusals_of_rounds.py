"""What the database refuses about rounds and attempts, said to a person."""

from tracking import refusals
from tracking.refusals import Refused


class NoSuchWay(Refused):
    """Putaran ini sudah berubah sejak halaman dibuka. Muat ulang, lalu lihat keadaannya sekarang."""


class StaysSo(Refused):
    """Data kurir atau tautan ini tidak dapat diubah lagi. Buat yang baru."""


class NotHere(Refused):
    """Ada kartu yang tidak dapat dibawa: tidak lagi di kantor ini, diblokir, atau lebih dari 200.
    Muat ulang, lalu pilih lagi."""


class CountDiffers(Refused):
    """Jumlahnya tidak sama dengan daftar. Hitung lagi kartunya; kalau tetap beda, cocokkan satu per satu."""


class LetterNotValid(Refused):
    """Surat tugas kurir ini tidak berlaku hari ini. Perbarui surat tugasnya dulu."""


class NotCounted(Refused):
    """Masih ada kartu yang belum dihitung. Tandai setiap kartu: kembali atau tidak ada."""


class WithCourier(Refused):
    """Kartu ini sedang dibawa kurir. Catat hasil kunjungan, atau hitung dulu kartu yang kembali."""


class NotThisWay(Refused):
    """Hasil kunjungan ini tidak dapat dicatat begitu. Pilih salah satu hasil dari daftar."""


class InAnotherRound(Refused):
    """Ada kartu yang sudah masuk putaran lain. Muat ulang daftar, lalu pilih lagi."""


refusals.BY_SQLSTATE.update(
    EK030=NoSuchWay,
    EK031=StaysSo,
    EK032=NotHere,
    EK033=CountDiffers,
    EK034=LetterNotValid,
    EK035=NotCounted,
    EK036=WithCourier,
    EK037=NotThisWay,
)
refusals.BY_CONSTRAINT.update(
    one_round_a_card=InAnotherRound,
    card_once_in_a_round=InAnotherRound,
    one_link_a_round=NoSuchWay,
    delivered_to_somebody=NotThisWay,
)
