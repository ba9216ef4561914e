"""What the web server writes about each request: one line, and nothing that is a person's."""

import io
import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from bekasi_ektp import logs
from bekasi_ektp.serving import AccessLog


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/antrean/", '"GET /antrean/" 200 1416 2ms'),
        ("/status/AbC-123_x/", '"GET /status/…/" 200 1416 2ms'),
        ("/3275014107900001/", '"GET /[NIK]/" 200 1416 2ms'),
        ("/3275014107900001", '"GET /[NIK]" 200 1416 2ms'),
        ("/a\nGET /b 200 1 1ms", '"GET /a?GET /b 200 1 1ms" 200 1416 2ms'),
    ],
)
def test_a_request_is_one_clean_line(address: str, logged: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "_logRecordFactory", logs.CleanRecord)
    config = Config()
    config.set("accesslog", "-")
    log, out = AccessLog(config), io.StringIO()
    log.access_log.handlers = [logging.StreamHandler(out)]
    answer = SimpleNamespace(status="200 OK", sent=1416)
    log.access(
        answer,
        None,
        {"REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "nik=1"},
        timedelta(milliseconds=2.7),
    )
    assert out.getvalue() == f"{logged}\n"
