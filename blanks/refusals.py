"""What the database refuses about blanks, said to a person."""

from tracking import refusals
from tracking.refusals import Refused, TryAgain


class NoSuchWay(Refused):
    """Blanko tidak dapat dipindah dengan cara itu. Pakai halaman yang sesuai di menu Blanko."""


class NotInTurn(TryAgain):
    """Antrean berubah: ada nomor yang lebih dulu. Belum ada yang diambil; muat ulang, lalu coba lagi."""


class SerialsDoNotFit(Refused):
    """Banyaknya nomor seri tidak sama dengan banyaknya blanko. Hitung lagi, lalu kirim lagi."""


class NeverReceived(Refused):
    """Nomor seri ini tidak ada di kiriman mana pun yang diterima. Periksa angka di kartu."""


class NotThere(Refused):
    """Blanko dengan nomor seri ini tidak ada di tempat itu: sudah dipakai, dipindah, atau dimusnahkan."""


class NotInBatch(Refused):
    """Kartu ini tidak ada di tumpukan itu. Periksa nomor tumpukan di lembar cetak."""


class ForSupervisors(Refused):
    """Hanya penyelia yang boleh melakukan ini. Hubungi penyelia."""


class NotWaiting(Refused):
    """Kartu ini tidak sedang menunggu blanko, jadi tidak dapat didahulukan."""


class NotEnough(Refused):
    """Blanko tidak cukup untuk ini. Muat ulang halaman untuk melihat sisa sekarang."""


class ReceivedBefore(Refused):
    """Nomor seri dalam rentang ini sudah pernah diterima. Periksa surat jalan."""


class PriorityThere(Refused):
    """Kartu ini sudah didahulukan. Muat ulang halaman untuk melihat alasannya."""


refusals.BY_SQLSTATE.update(
    EK010=NoSuchWay,
    EK011=NotInTurn,
    EK012=SerialsDoNotFit,
    EK013=NeverReceived,
    EK014=NotThere,
    EK015=NotInBatch,
    EK017=ForSupervisors,
    EK018=NotWaiting,
)
refusals.BY_CONSTRAINT.update(
    balance_not_negative=NotEnough,
    serial_received_once=ReceivedBefore,
    one_serial_a_card=NotThere,
    one_priority_a_card=PriorityThere,
)
