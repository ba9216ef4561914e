"""The import page: who may upload, what is received, where it waits."""

import errno
import os
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integration import uploads
from integration.models import Batch, Source
from tests.integration.feeds import SITI, row
from tests.staff.cast import as_, staff

from .uploading import IMPORT, a_file, operator, page, upload, uploaded, work

pytestmark = pytest.mark.usefixtures("committed")


@pytest.mark.parametrize("who", ["kecamatan", "auditor"])
def test_only_operators_and_supervisors_may_import(who):
    client = as_(who)
    assert client.get(IMPORT).status_code == 403
    assert upload(client, a_file(row())).status_code == 403
    assert not Batch.objects.exists()


@pytest.mark.parametrize("who", ["operator", "supervisor"])
def test_an_upload_waits_for_the_worker(who):
    client = as_(who)
    batch = uploaded(client, row())
    assert (batch.state, batch.files, batch.source.slug) == ("uploaded", ["siak.csv"], "siak-pusat")
    assert b"Menunggu giliran" in page(client, batch).content


def test_a_visitor_is_sent_to_log_in_before_anything_is_read():
    assert upload(Client(), a_file(row())).status_code == 302
    assert not list(uploads.root().iterdir())


def test_an_upload_without_its_csrf_token_is_refused_and_gone():
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff("operator"), backend="django.contrib.auth.backends.ModelBackend")
    assert upload(client, a_file(row())).status_code == 403
    assert not list(uploads.root().iterdir())


def test_an_upload_with_its_csrf_token_is_taken():
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff("operator"), backend="django.contrib.auth.backends.ModelBackend")
    token = client.get(IMPORT).context["csrf_token"]
    assert upload(client, a_file(row()), csrfmiddlewaretoken=str(token)).status_code == 303


def test_files_wait_sealed_where_nobody_else_can_look():
    batch = uploaded(operator(), row())
    folder = Path(settings.MEDIA_ROOT) / batch.upload
    file = folder / "1"
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder, file)]
    assert modes == [0o700, 0o700, 0o600]
    assert SITI.encode() not in file.read_bytes()


def test_a_known_source_is_chosen_from_the_list():
    source = Source.objects.create(slug="siak", name="SIAK")
    assert upload(operator(), a_file(row()), source=source.pk, new_source="").status_code == 303
    assert Batch.objects.get().source == source


def test_the_same_name_again_is_the_same_source():
    client = operator()
    upload(client, a_file(row()), new_source="SIAK Pusat")
    upload(client, a_file(row()), new_source="siak  pusat")
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"new_source": ""}, "Pilih sumber data, atau isi nama"),
        ({"new_source": "!!!"}, "harus berisi huruf atau angka"),
        ({"source": "9999"}, "Pilih sumber dari daftar"),
        ({"new_source": SITI}, "Jangan tulis NIK"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_stays(data, says):
    answer = upload(operator(), a_file(row()), **data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not list(uploads.root().iterdir())


def test_no_file_at_all_is_said():
    answer = operator().post(IMPORT, {"new_source": "SIAK"})
    assert answer.status_code == 422
    assert "Pilih berkas yang akan diimpor." in answer.content.decode()


def test_several_files_are_one_batch():
    client = operator()
    upload(client, a_file(row(), name="satu.csv"), a_file(row(NIK="3275010203850002"), name="dua.csv"))
    work()
    batch = Batch.objects.get()
    assert (batch.files, batch.read, batch.state) == (["satu.csv", "dua.csv"], 2, "previewed")


def test_a_file_too_big_gets_one_clear_message(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    answer = upload(operator(), SimpleUploadedFile("besar.csv", b"x" * 200_000))
    assert answer.status_code == 413
    assert answer.content.decode().count("Berkas lebih dari 2 GB") == 1
    assert not list(uploads.root().iterdir())


def test_a_file_too_big_by_its_announced_length_is_not_even_written(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    answer = upload(operator(), SimpleUploadedFile("besar.csv", b"x" * 2_000_000))
    assert answer.status_code == 413
    assert not list(uploads.root().iterdir())


def test_a_full_disk_gets_one_clear_message(monkeypatch):
    real = os.write

    def full(descriptor, data):
        if len(data) > 1000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(uploads.os, "write", full)
    answer = upload(operator(), SimpleUploadedFile("siak.csv", b"x" * 2_000_000))
    assert answer.status_code == 507
    assert answer.content.decode().count("Penyimpanan server penuh") == 1
    assert not list(uploads.root().iterdir())
    assert not Batch.objects.exists()


def test_a_nik_in_a_files_name_is_not_kept():
    upload(operator(), a_file(row(), name=f"{SITI}.csv"))
    assert Batch.objects.get().files == ["….csv"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "kosong"),
        (b"Daftar warga\n", "Baris pertama bukan judul kolom"),
        (b"NIK,NAMA_LGKP\n1,2\n", "tidak ada di baris pertama"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), ""),
    ],
)
def test_an_unreadable_file_is_refused_in_the_operators_words_and_deleted(content, says):
    client = operator()
    upload(client, SimpleUploadedFile("siak.csv", content))
    work()
    batch = Batch.objects.get()
    assert batch.state == "refused"
    assert says in batch.message
    assert batch.message in page(client, batch).content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert not list(uploads.root().iterdir())


def test_the_page_of_a_batch_at_work_reloads_itself_without_a_script():
    client = operator()
    content = page(client, uploaded(client, row())).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in content
    assert "<progress" in content
