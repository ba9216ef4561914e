"""What goes over the wire, for the description of the API. Fields are those of the contract."""

from datetime import datetime
from typing import Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from .changes import MOST

_BIGGEST = 2**63 - 1


class Summary(Schema):
    """Ringkasan kiriman. Jumlah menurut hasil sama dengan baris yang dibaca."""

    batch: int = Field(description="Nomor kiriman")
    source: str = Field(description="Kode sumber data")
    read: int = Field(description="Baris dibaca")
    created: int = Field(description="Baru")
    updated: int = Field(description="Berubah")
    unchanged: int = Field(description="Tetap")
    stale: int = Field(description="Kedaluwarsa")
    rejected: int = Field(description="Ditolak")
    seconds: float = Field(description="Lama pengolahan")
    reasons: dict[str, int] = Field(description="Banyaknya baris ditolak menurut sebab")


class Working(Schema):
    """Kiriman yang masih diolah."""

    batch: int
    source: str
    state: Literal["working"]
    address: str = Field(description="Alamat untuk melihat keadaannya")


class BatchStatus(Summary):
    """Keadaan kiriman dan ringkasannya."""

    state: Literal["working", "waiting", "applied", "refused"]
    received: datetime
    finished: datetime | None
    message: str = Field(description="Mengapa tidak dapat diterima; kosong bila dapat")
    unknown_columns: list[str] = Field(description="Kolom yang diabaikan")
    rejects: str | None = Field(description="Alamat baris yang ditolak, bila ada")


class ChangesQuery(Schema):
    """Dari mana dan berapa banyak."""

    model_config = ConfigDict(extra="ignore")

    after: int = Field(0, ge=0, le=_BIGGEST, description="`next` dari jawaban terdahulu; 0: dari awal")
    limit: int = Field(MOST, ge=1, le=MOST, description="Paling banyak sekian perubahan")


class CardChange(Schema):
    """Satu langkah satu kartu."""

    card: str = Field(description="Kode kartu; bukan NIK")
    stage: str = Field(description="Tahap sesudah langkah ini")
    since: datetime = Field(description="Kapan terjadi")
    at: datetime = Field(description="Kapan dicatat")


class ChangesPage(Schema):
    """Perubahan menurut urutan, dan penunjuk untuk melanjutkan."""

    changes: list[CardChange]
    next: int = Field(description="Untuk `after` berikutnya")
    more: bool = Field(description="Masih ada lagi sekarang")


class ProblemBody(Schema):
    """Penolakan menurut RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str = Field(description="Apa yang perlu diubah")
    code: str
