"""Completes the description of the API: media types, headers, an example of every answer and every refusal."""

import logging
from typing import Any

from ..feed.columns import NEEDED, OPTIONAL
from . import problems
from .problems import Kind

log = logging.getLogger(__name__)

DESCRIPTION = (
    "Untuk sistem pusat, kecamatan dan kota yang mengirim data kartu sendiri. Minta token ke Disdukcapil; token dikirim "
    "sebagai `Authorization: Bearer …`. Setiap penolakan adalah `application/problem+json` yang mengatakan apa yang perlu diubah."
)
_COMMON = (Kind.TOKEN_MISSING, Kind.TOKEN_UNKNOWN, Kind.TOKEN_EXPIRED, Kind.ADDRESS_NOT_ALLOWED)
_OURS = (Kind.FAULT, Kind.UNAVAILABLE)
REFUSALS: dict[str, tuple[Kind, ...]] = {
    "sendBatch": (
        *(Kind.KEY_MISSING, Kind.KEY_INVALID, Kind.BODY_DAMAGED, Kind.BODY_CUT, *_COMMON, Kind.TOO_SLOW),
        *(
            Kind.KEY_REUSED,
            Kind.KEY_AT_WORK,
            Kind.TOO_BIG,
            Kind.TOO_MANY_ROWS,
            Kind.MEDIA_TYPE,
            Kind.ENCODING,
        ),
        *(Kind.FILE_UNREADABLE, Kind.TWO_AT_WORK, Kind.BUSY, *_OURS, Kind.STORAGE_FULL),
    ),
    "readBatch": (*_COMMON, Kind.NOT_FOUND, *_OURS),
    "readRejects": (*_COMMON, Kind.NOT_FOUND, Kind.REJECTS_GONE, Kind.BATCH_AT_WORK, Kind.BUSY, *_OURS),
    "readChanges": (*_COMMON, Kind.CHANGES_NOT_ALLOWED, Kind.PARAMETER_INVALID, *_OURS),
}
_RETRY = (Kind.KEY_AT_WORK, Kind.BATCH_AT_WORK, Kind.TWO_AT_WORK, Kind.BUSY, Kind.UNAVAILABLE)
_MORE: dict[Kind, dict[str, Any]] = {
    Kind.FILE_UNREADABLE: {"fault": "column_missing", "batch": 4212},
    Kind.TOO_MANY_ROWS: {"fault": "too_many_rows", "batch": 4212},
    Kind.PARAMETER_INVALID: {
        "errors": [{"name": "limit", "message": "Input should be less than or equal to 1000"}]
    },
}
_ROW = {
    "NIK": "(16 angka)",
    "NAMA_LGKP": "SITI AMINAH",
    "NO_KEC": "01",
    "NO_KEL": "1001",
    "NO_RW": "003",
    "NO_RT": "007",
    "CURRENT_STATUS_CODE": "PRINT_READY_RECORD",
    "TGL_STATUS": "2017-08-31T10:00:00",
    "TGL_REKAM": "2017-01-10",
}
_SUMMARY = {
    "batch": 4212,
    "source": "siak",
    "read": 3,
    "created": 1,
    "updated": 1,
    "unchanged": 0,
    "stale": 0,
    "rejected": 1,
    "seconds": 0.041,
    "reasons": {"nik_invalid": 1},
}
_WORKING = {"batch": 4212, "source": "siak", "state": "working", "address": "/api/v1/batches/4212"}
_STATUS = _SUMMARY | {
    "state": "applied",
    "received": "2017-09-01T02:00:00+00:00",
    "finished": "2017-09-01T02:00:01+00:00",
    "message": "",
    "unknown_columns": [],
    "rejects": "/api/v1/batches/4212/rejects",
}
_CHANGES = {
    "changes": [
        {
            "card": "K00A3QX",
            "stage": "PRINTED",
            "since": "2017-09-01T03:10:00+00:00",
            "at": "2017-09-01T03:10:02+00:00",
        }
    ],
    "next": 98213,
    "more": False,
}
_REJECTS = f"{','.join(_ROW)},LINE,REASON,MESSAGE\r\n"
_EXAMPLES: dict[str, dict[str, Any]] = {
    "sendBatch": {"200": _SUMMARY, "201": _SUMMARY, "202": _WORKING},
    "readBatch": {"200": _STATUS},
    "readRejects": {"200": _REJECTS},
    "readChanges": {"200": _CHANGES},
}
_DESCRIPTIONS = {
    "200": "Berhasil",
    "201": "Diolah seluruhnya",
    "202": "Diterima; masih diolah",
    "400": "Permintaan rusak",
    "401": "Token tidak berlaku",
    "403": "Tidak diizinkan",
    "404": "Tidak ada",
    "408": "Terlalu lambat",
    "409": "Bertentangan dengan yang sudah atau sedang diolah",
    "413": "Terlalu besar",
    "415": "Bentuk tidak dikenal",
    "422": "Tidak dapat dibaca",
    "429": "Terlalu banyak sekaligus",
    "500": "Kesalahan kami",
    "503": "Sedang tidak melayani",
    "507": "Penyimpanan penuh",
}


def complete(schema: dict[str, Any]) -> None:
    """Add to Ninja's description what it cannot know."""
    schema["servers"] = [{"url": "/"}]
    bearer = schema["components"]["securitySchemes"]["Bearer"]
    bearer["description"] = "Token dari Disdukcapil"
    for methods in schema["paths"].values():
        for operation in methods.values():
            name = operation["operationId"]
            operation["responses"] = {
                str(status): _response(name, str(status), said)
                for status, said in operation["responses"].items()
            }
            if name == "sendBatch":
                _describe_sending(operation)
            for parameter in operation["parameters"]:
                if parameter["name"] == "batch_id":
                    parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
                    parameter["description"] = "Nomor kiriman"
                    parameter["example"] = 4212


def _response(name: str, status: str, said: dict[str, Any]) -> dict[str, Any]:
    """One answer with its media type, headers and examples."""
    kinds = [kind for kind in REFUSALS[name] if str(kind.value.status) == status]
    response: dict[str, Any] = {
        "description": _DESCRIPTIONS[status],
        "headers": _headers(name, status, kinds),
    }
    if kinds:
        examples = {
            kind.code: {"summary": kind.value.title, "value": problems.body(kind, **_MORE.get(kind, {}))}
            for kind in kinds
        }
        schema = {"$ref": "#/components/schemas/ProblemBody"}
        response["content"] = {problems.MEDIA_TYPE: {"schema": schema, "examples": examples}}
    else:
        media_type = "text/csv" if name == "readRejects" else "application/json"
        schema = said["content"]["application/json"]["schema"]
        response["content"] = {media_type: {"schema": schema, "example": _EXAMPLES[name][status]}}
    return response


def _headers(name: str, status: str, kinds: list[Kind]) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if status == "401":
        headers["WWW-Authenticate"] = _header("Cara menunjukkan token", "string", required=True)
    if name == "sendBatch" and status in ("200", "201", "202"):
        headers["Location"] = _header("Alamat kiriman", "string", required=True)
    if name == "sendBatch" and status in ("200", "413", "422"):
        headers["Idempotent-Replayed"] = _header(
            "`true`: jawaban kiriman terdahulu dengan kunci yang sama", "string"
        )
    if status == "202" or any(kind in _RETRY for kind in kinds):
        headers["Retry-After"] = _header("Detik sampai boleh bertanya lagi", "integer")
    return headers


def _header(description: str, kind: str, *, required: bool = False) -> dict[str, Any]:
    return {"description": description, "required": required, "schema": {"type": kind}}


def _describe_sending(operation: dict[str, Any]) -> None:
    operation["description"] = (
        "Satu kiriman paling banyak 100.000 baris atau 20 MB sesudah dibuka, dua sekaligus untuk satu token. "
        "Jawaban datang sesudah semua baris diolah; kiriman yang lama dijawab 202. Bila jawaban tidak sampai, kirim lagi "
        "isi yang sama dengan Idempotency-Key yang sama: hasilnya sama dan tidak ada yang diolah dua kali."
    )
    operation["parameters"] += [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": True,
            "description": "Baru untuk setiap kiriman, sama bila diulang; disimpan 30 hari",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
            "example": "siak-2017-08-31-01",
        },
        {
            "in": "header",
            "name": "Prefer",
            "required": False,
            "description": "`respond-async`: jawab 202 segera",
            "schema": {"type": "string"},
            "example": "respond-async",
        },
        {
            "in": "header",
            "name": "Content-Encoding",
            "required": False,
            "description": "`gzip` bila isinya dikempa",
            "schema": {"type": "string", "enum": ["gzip", "identity"]},
            "example": "identity",
        },
    ]
    names = ", ".join(f"`{name}`" for name in NEEDED)
    others = ", ".join(f"`{name}`" for name in OPTIONAL)
    head, row = ",".join(_ROW), ",".join(_ROW.values())
    line = "{" + ", ".join(f'"{name}": "{value}"' for name, value in _ROW.items()) + "}\n"
    text = {"type": "string", "description": f"Kolom {names}; bila ada {others}."}
    operation["requestBody"] = {
        "required": True,
        "content": {
            "text/csv": {"schema": text, "example": f"{head}\n{row}\n"},
            "application/x-ndjson": {"schema": text, "example": line},
        },
    }
