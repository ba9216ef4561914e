"""What the database refuses about hand-overs and custody, said to a person."""

from tracking import refusals
from tracking.refusals import Refused


class NotTheHolder(Refused):
    """Kartu ini tidak lagi di tangan yang menyerahkan: sudah diserahkan atau sedang dibawa orang lain.
    Muat ulang halaman untuk melihat di mana kartunya."""


class OnItsWay(Refused):
    """Kartu ini sedang dalam serah terima. Terima dulu di sana, baru dapat dilanjutkan."""


class NotForThisHandover(Refused):
    """Kartu ini tidak dapat dikemas di sini: tahapnya berubah, diblokir, untuk kecamatan lain, atau tidak di kantor ini.
    Muat ulang halaman, lalu pilih lagi."""


class HandoverMovedOn(Refused):
    """Serah terima ini sudah berlanjut sejak halaman dibuka, dan belum diubah. Muat ulang halaman untuk melihatnya."""


class NotYourHandover(Refused):
    """Serah terima ini bukan untuk Anda, atau belum dijemput. Periksa nama penjemput di halaman serah terima."""


class NotCounted(Refused):
    """Hitungannya belum cocok: setiap kartu harus diterima, hilang, atau rusak. Periksa yang belum dicatat."""


class AlreadyPacked(Refused):
    """Ada kartu yang sudah dikemas di serah terima lain. Muat ulang halaman, lalu pilih lagi."""


class NotAtThisOffice(Refused):
    """Kartu ini tidak ada di loket ini: mungkin masih dibawa kurir atau di kantor lain. Lihat siapa yang memegangnya."""


class NoPapers(Refused):
    """Tidak ada dokumen yang menunggu dimasukkan ke daftar."""


class PaperListMovedOn(Refused):
    """Daftar ini sudah diterima atau sudah dimusnahkan. Muat ulang halaman untuk melihatnya."""


refusals.BY_SQLSTATE.update(
    EK020=NotTheHolder,
    EK021=OnItsWay,
    EK022=NotForThisHandover,
    EK023=HandoverMovedOn,
    EK024=NotYourHandover,
    EK025=NotCounted,
    EK026=NotAtThisOffice,
)
refusals.BY_CONSTRAINT.update(one_open_handover_a_card=AlreadyPacked)
