"""Bytes of a feed: read anywhere, never in the clear on a disk, checked by processes that end with their caller."""

import os
import signal
import time

import pytest

from integration.feed import UnreadableFile, open_feed, parallel
from integration.feed.copyformat import COLUMNS, ChunkFile, FeedRow, unpacked
from integration.feed.sources import PlainFile, SealedSpool, SourceFile, spooled
from tests.integration.feed.conftest import SITI, a_csv, a_row, as_stream, read


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 700_000])
def test_a_spool_gives_back_what_it_got(size):
    content = os.urandom(size)
    spool = spooled(as_stream(content), "uji")
    assert spool.size == size
    assert spool.read_at(0, size + 10) == content
    for at, length in ((0, 10), (size // 2, 300_000), (max(0, size - 5), 10), (size + 5, 10)):
        assert spool.read_at(at, length) == content[at : at + length]


def test_a_spool_has_no_name_and_holds_no_nik_in_the_clear():
    spool = spooled(as_stream(a_csv()), "uji")
    on_disk = os.pread(spool._descriptor, 10_000, 0)
    assert on_disk
    assert SITI["NIK"].encode() not in on_disk
    assert b"NAMA_LGKP" not in on_disk
    assert os.fstat(spool._descriptor).st_nlink == 0


def test_a_spool_has_a_limit():
    with pytest.raises(UnreadableFile) as caught:
        spooled(as_stream(b"x" * 1000), "uji", limit=999)
    assert caught.value.code == "too_big"


def test_a_source_as_a_file():
    file = SourceFile(spooled(as_stream(b"0123456789"), "uji"))
    assert (file.read(3), file.tell()) == (b"012", 3)
    assert (file.seek(-2, os.SEEK_END), file.read()) == (8, b"89")
    assert (file.seek(1), file.seek(1, os.SEEK_CUR), file.read(1)) == (1, 2, b"2")


def test_an_uploaded_file_on_disk_is_read_where_it_lies(tmp_path):
    path = tmp_path / "unggah.csv"
    path.write_text(a_csv())
    with path.open("rb") as file:
        feed = open_feed([file])
    assert isinstance(feed.files[0].source, PlainFile)
    assert len(list(unpacked(feed.copy_chunks()))) == 1


def test_a_pipe_is_spooled(tmp_path):
    path = tmp_path / "pipa"
    os.mkfifo(path)
    if not (pid := os.fork()):
        path.write_text(a_csv())
        os._exit(0)
    feed = open_feed([path])
    os.waitpid(pid, 0)
    assert isinstance(feed.files[0].source, SealedSpool)
    assert len(list(unpacked(feed.copy_chunks()))) == 1


@pytest.mark.slow
def test_faults_are_kept_in_order_and_can_be_read_twice():
    reading = read(a_csv(*(a_row(NO_RT="x", NAMA_LGKP=f"ORANG {n}") for n in range(20_000))))
    assert len(reading.feed.faults) == 20_000
    for _ in range(2):
        assert [fault.line for fault in reading.feed.faults] == list(range(2, 20_002))
    on_disk = os.pread(reading.feed.faults._spool._descriptor, 100_000, 0)
    assert SITI["NIK"].encode() not in on_disk


def test_the_columns_of_copy_are_those_of_a_row_read_back():
    assert [name for name, _ in COLUMNS] == list(FeedRow._fields)


def test_chunks_as_a_file_for_copy():
    chunks = [b"", b"abc", b"", b"defgh"]
    file = ChunkFile(chunks)
    assert [file.read(4) for _ in range(5)] == [b"abc", b"defg", b"h", b"", b""]


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr("integration.feed.feed.ALONE_UP_TO", 0)
    return a_csv(*[a_row()] * 25_000)


@pytest.mark.slow
def test_two_workers_give_the_same_as_none(large):
    def lines(workers):
        return [row.line for row in unpacked(open_feed([as_stream(large)], workers=workers).copy_chunks())]

    assert lines(2) == lines(0) == list(range(2, 25_002))


@pytest.mark.slow
def test_sealed_values_of_two_workers_never_share_a_nonce(large):
    rows = unpacked(open_feed([as_stream(large)], workers=2).copy_chunks())
    nonces = [row.nik_sealed[1:13] for row in rows]
    assert len(set(nonces)) == len(nonces)


@pytest.mark.slow
def test_a_worker_that_dies_stops_the_reading_in_words(large, monkeypatch):
    def dies(checked):
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(parallel, "answered", dies)
    with pytest.raises(UnreadableFile) as caught:
        list(open_feed([as_stream(large)], workers=2).copy_chunks())
    assert caught.value.code == "interrupted"


def test_a_refusal_in_a_worker_reaches_the_caller(large, monkeypatch):
    def refuses(self, piece):
        raise UnreadableFile("changed", "berubah")

    monkeypatch.setattr("integration.feed.csvfile.CsvFile.rows", refuses)
    with pytest.raises(UnreadableFile) as caught:
        list(open_feed([as_stream(large)], workers=2).copy_chunks())
    assert (caught.value.code, caught.value.message) == ("changed", "berubah")


@pytest.mark.slow
def test_workers_end_when_the_caller_stops_early(large):
    others = set(children())  # a browser of an earlier test, for instance
    chunks = open_feed([as_stream(large)], workers=2).copy_chunks()
    next(chunks), next(chunks)
    assert len(set(children()) - others) == 2
    chunks.close()
    assert set(children()) <= others


@pytest.mark.slow
def test_workers_end_when_the_caller_is_killed(large):
    reader, writer = os.pipe()
    if not (pid := os.fork()):
        chunks = open_feed([as_stream(large)], workers=2).copy_chunks()
        next(chunks), next(chunks)
        os.write(writer, ",".join(children()).encode())
        time.sleep(60)
    workers = os.read(reader, 100).decode().split(",")
    assert len(workers) == 2
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    for _ in range(100):
        if not any(map(is_alive, workers)):
            break
        time.sleep(0.05)
    assert not any(map(is_alive, workers))


def children():
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as file:
        return [pid for pid in file.read().split() if is_alive(pid)]


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
