"""What the database refuses about hand-overs and custody, said to a person."""

from tracking import refusals
from tracking.refusals import Refused


class NotTheHolder(Refused):
    """Kartu ini tidak lagi di tangan yang menyerahkan: sudah diserahkan atau sedang dibawa orang lain.
    Muat ulang halaman untuk melihat di mana kartunya."""


refusals.BY_SQLSTATE.update(EK020=NotTheHolder)
