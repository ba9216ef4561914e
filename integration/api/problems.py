"""Every refusal of the API, as `application/problem+json` (RFC 9457): what is wrong and what to change."""

from enum import Enum
from typing import Any, NamedTuple

from django.http import JsonResponse

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"


class Said(NamedTuple):
    """A kind of refusal: its status, its title, and what to do about it."""

    status: int
    title: str
    detail: str


class Kind(Enum):
    """All kinds, by status. The name in small letters is the `code`; the docs explain it under that anchor."""

    KEY_MISSING = Said(
        400, "Idempotency-Key tidak ada", "Sertakan tajuk Idempotency-Key yang baru untuk setiap kiriman."
    )
    KEY_INVALID = Said(
        400, "Idempotency-Key tidak sah", "Pakai 1 sampai 255 huruf, angka atau tanda ASCII tanpa spasi."
    )
    NOT_UNDERSTOOD = Said(
        400, "Permintaan tidak dapat dipahami", "Periksa nama situs di tajuk Host dan bentuk permintaan."
    )
    BODY_DAMAGED = Said(400, "Isi gzip rusak", "Kempa ulang berkas dengan gzip, lalu kirim lagi.")
    BODY_CUT = Said(
        400,
        "Kiriman terputus",
        "Isi lebih pendek daripada yang dijanjikan. Kirim lagi dengan kunci yang sama.",
    )
    TOKEN_MISSING = Said(401, "Token tidak ada", "Sertakan tajuk Authorization: Bearer dengan token Anda.")
    TOKEN_UNKNOWN = Said(
        401, "Token tidak dikenal", "Periksa apakah token tersalin utuh, atau minta yang baru ke Disdukcapil."
    )
    TOKEN_EXPIRED = Said(401, "Token tidak berlaku lagi", "Minta token baru ke Disdukcapil.")
    ADDRESS_NOT_ALLOWED = Said(
        403, "Alamat jaringan tidak diizinkan", "Kirim dari alamat yang terdaftar untuk token ini."
    )
    CHANGES_NOT_ALLOWED = Said(
        403, "Perubahan kartu tidak boleh dibaca", "Minta token yang boleh membaca perubahan kartu."
    )
    NOT_FOUND = Said(404, "Tidak ada", "Periksa alamatnya; nomor kiriman ada di jawaban saat mengirim.")
    REJECTS_GONE = Said(
        404, "Baris yang ditolak sudah dihapus", "Baris disimpan 30 hari. Kirim lagi berkasnya bila perlu."
    )
    METHOD_NOT_ALLOWED = Said(405, "Metode tidak dikenal di alamat ini", "Pakai metode dari tajuk Allow.")
    TOO_SLOW = Said(
        408, "Kiriman terlalu lambat", "Kirim lagi dengan kunci yang sama dari jaringan yang lancar."
    )
    KEY_REUSED = Said(
        409, "Idempotency-Key sudah dipakai untuk isi lain", "Pakai kunci baru untuk isi yang berbeda."
    )
    KEY_AT_WORK = Said(
        409, "Kiriman dengan kunci ini sedang diolah", "Tunggu sesuai Retry-After, lalu kirim lagi yang sama."
    )
    BATCH_AT_WORK = Said(409, "Kiriman ini masih diolah", "Tunggu sesuai Retry-After, lalu minta lagi.")
    TOO_BIG = Said(
        413, "Kiriman terlalu besar", "Paling besar 20 MB sesudah dibuka. Bagi menjadi beberapa kiriman."
    )
    TOO_MANY_ROWS = Said(
        413, "Baris terlalu banyak", "Paling banyak 100.000 baris. Bagi menjadi beberapa kiriman."
    )
    MEDIA_TYPE = Said(
        415, "Bentuk kiriman tidak dikenal", "Kirim dengan Content-Type text/csv atau application/x-ndjson."
    )
    ENCODING = Said(415, "Pengempaan tidak dikenal", "Kirim tanpa Content-Encoding, atau dengan gzip.")
    FILE_UNREADABLE = Said(
        422, "Kiriman tidak dapat dibaca", "Betulkan berkasnya, lalu kirim dengan kunci baru."
    )
    PARAMETER_INVALID = Said(422, "Parameter tidak sah", "Periksa parameter di alamat.")
    TWO_AT_WORK = Said(
        429,
        "Dua kiriman sedang diolah",
        "Paling banyak dua sekaligus untuk satu token. Tunggu sesuai Retry-After.",
    )
    BUSY = Said(
        429,
        "Sedang ramai",
        "Mitra lain sedang dilayani. Tunggu sesuai Retry-After, lalu minta lagi yang sama.",
    )
    FAULT = Said(
        500, "Ada kesalahan di pihak kami", "Tidak ada yang berubah. Kirim lagi dengan kunci yang sama nanti."
    )
    UNAVAILABLE = Said(
        503, "Sedang tidak dapat melayani", "Tidak ada yang berubah. Kirim lagi dengan kunci yang sama nanti."
    )
    STORAGE_FULL = Said(
        507, "Penyimpanan penuh", "Tidak ada yang berubah. Kirim lagi nanti; kami diberi tahu."
    )

    @property
    def code(self) -> str:
        return self.name.lower()


class Problem(Exception):
    """A refusal on its way out. `detail` says more than the kind does, if there is more to say."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        retry_after: int | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(kind.code)
        self.kind, self.detail, self.more = kind, detail or kind.value.detail, more
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)


def body(kind: Kind, detail: str = "", **more: Any) -> dict[str, Any]:
    """The members of a problem."""
    said = kind.value
    return {
        "type": f"{DOCS}#{kind.code}",
        "title": said.title,
        "status": said.status,
        "detail": detail or said.detail,
        "code": kind.code,
        **more,
    }


def answer(problem: Problem) -> JsonResponse:
    """The problem as an answer, kept by nobody on the way."""
    kind = problem.kind
    said = body(kind, problem.detail, **problem.more)
    response = JsonResponse(said, status=kind.value.status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if kind.value.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response
