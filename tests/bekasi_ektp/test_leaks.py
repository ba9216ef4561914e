"""The suite's reader of logs and answers notices what it is there for."""

import logging
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from bekasi_ektp import logs
from tests import leaks

NIK = "3275014107900001"


def leaky(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<!doctype html><html lang=id><title>Kartu</title><p>{NIK}</p>")


urlpatterns = [path("leaky/", leaky), path("admin/tracking/card/7/nik/", leaky)]


@pytest.mark.urls(__name__)
def test_a_nik_on_a_page_is_noticed(client: Client) -> None:
    with pytest.raises(AssertionError, match="a NIK in the answer of /leaky/"):
        client.get("/leaky/")


@pytest.mark.urls(__name__)
def test_the_page_that_reveals_it_may(client: Client) -> None:
    assert NIK in client.get("/admin/tracking/card/7/nik/").content.decode()


def test_a_nik_in_a_log_is_noticed() -> None:
    logging.setLogRecordFactory(logging.LogRecord)
    try:
        reader = leaks.Reader()
        reader.handle(logging.makeLogRecord({"msg": f"seen {NIK}"}))
    finally:
        logs.install()
    assert reader.leaks == [f"seen {NIK}"]


@pytest.mark.parametrize(
    "text", ["3275014113900001", "a3275014107900001", "1234567890123456", "0.3275014107900001"]
)
def test_other_numbers_are_no_niks(text: str) -> None:
    assert leaks.niks_in(text) == []


def test_a_nik_in_a_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "site.log").write_text(f"GET /?nik={NIK} 200\n")
    with pytest.raises(AssertionError, match=r"1 NIKs in site.log"):
        leaks.check_file(tmp_path / "site.log")
