#!/usr/bin/env python3
"""Checks what the office published: python3 tools/check_publication.py FOLDER-OR-URL [--known FILE] [--proof FILE]

FOLDER-OR-URL holds integritas.json and a folder for each day, as /data/ does; some days of it are enough. It asks:
do the files lead to the roots, do the days follow each other, was anybody in the queue overtaken, and do the figures
fit together? (Of days that begin later: overtaken as far as those days themselves tell who stood in line.)
--known: an integritas.json that you kept earlier, or DAY=ROOT; what it says must still stand. --proof: what the
holder of a receipt downloaded about a card. Exit 0, or 1 and what does not fit, one line each.

Needs nothing but Python 3.9 or later. Why it is to be believed: docs/publication.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

NOTHING = "0" * 64
FIXED = (
    "hari",
    "progres",
    "aturan",
    "antrean",
    "perkiraan",
    "ketepatan",
    "blanko",
    "mutasi",
    "pembagian",
    "pengecualian",
)
MOST_PROBLEMS = 50
LEAST, SUNDAY = 5, 6
UNCOUNTED = ("keluar", "kembali")


class Problems(list[str]):
    """What does not fit; stops at the fiftieth."""

    def say(self, day: str, what: str) -> None:
        self.append(f"{day}: {what}")
        if len(self) >= MOST_PROBLEMS:
            raise TooMany


class TooMany(Exception):
    """Enough is known."""


class Missing(Exception):
    """A file is not there."""


class Source:
    """A folder, or the address of one."""

    def __init__(self, place: str) -> None:
        self.remote = place.startswith(("http://", "https://"))
        self.place = place.rstrip("/")

    def open(self, name: str) -> Any:
        """The file's bytes, line by line."""
        try:
            if self.remote:
                return urlopen(f"{self.place}/{name}", timeout=60)  # noqa: S310
            return open(Path(self.place) / name, "rb")
        except (OSError, HTTPError, URLError) as error:
            raise Missing(f"{name}: {error}") from None

    def has_day(self, day: str) -> bool:
        return self.remote or (Path(self.place) / day).is_dir()


# ── the tree (RFC 6962) ──


def join(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The root of leaves that come one after the other, or many at once."""

    def __init__(self) -> None:
        self.size = 0
        self.whole: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        carry = self.size
        while carry & 1:
            hashed = sha256(b"\x01" + self.whole.pop() + hashed).digest()
            carry >>= 1
        self.whole.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        root = self.whole[-1]
        for left in reversed(self.whole[:-1]):
            root = join(left, root)
        return root


def root_by_path(hashed: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    last, steps = size - 1, list(path)
    if not 0 <= index < size:
        return None
    while last > 0:
        if index & 1 or index < last:
            if not steps:
                return None
            beside = steps.pop(0)
            hashed = join(beside, hashed) if index & 1 else join(hashed, beside)
        index, last = index >> 1, last >> 1
    return None if steps else hashed


# ── the queue ──


OUT, STANDS, UNKNOWN = 0, 1, 2


class Line:
    """One queue of a kecamatan: which numbers stand in it.

    Without its log from the beginning (`sure`) each number is unknown until a row speaks of it. What is known then is
    still held against every later row.
    """

    def __init__(self, sure: bool) -> None:
        self.known, self.waiting, self.first = 0, 0, 1
        self.stands = bytearray(1)
        self.sure = sure

    def enter(self, number: int) -> str | None:
        if not self.sure:
            self._as_far_as(number - 1)
            self.sure = True  # it is the newest: from here on every number is spoken of
        if number != self.known + 1:
            return f"nomor {number} masuk sesudah {self.known}"
        self.known = number
        self.stands.append(STANDS)
        self.waiting += 1
        return None

    def leave(self, number: int) -> str | None:
        if self._stands(number) == OUT:
            return f"nomor {number} keluar, tetapi tidak sedang dalam antrean"
        self._take_out(number)
        return None

    def come_back(self, number: int) -> str | None:
        if (number > self.known and self.sure) or self._stands(number) == STANDS:
            return f"nomor {number} kembali, tetapi tidak sedang keluar"
        self.stands[number] = STANDS
        self.waiting += 1
        self.first = min(self.first, number)
        return None

    def _stands(self, number: int) -> int:
        if not self.sure:
            self._as_far_as(number)
        return self.stands[number] if number <= self.known else OUT

    def _as_far_as(self, number: int) -> None:
        if number > self.known:
            self.stands.extend(bytes([UNKNOWN]) * (number - self.known))
            self.known = number

    def _take_out(self, number: int) -> None:
        self.waiting -= self.stands[number] == STANDS
        self.stands[number] = OUT

    def best(self) -> int:
        """The smallest number that is known to stand in it."""
        stands, first = self.stands, self.first
        if first <= self.known and stands[first] != STANDS:
            found = stands.find(STANDS, first)
            self.first = first = found if found > 0 else self.known + 1
        return first

    def serve(self, number: int) -> str | None:
        if self._stands(number) == OUT:
            return f"nomor {number} dicetak, tetapi tidak sedang dalam antrean"
        best = self.best()
        if best < number:
            return f"nomor {number} dicetak, padahal nomor {best} masih menunggu"
        self._take_out(number)
        # whatever unknown number stood before it has been overtaken or was out; only one that comes back stands there again
        self.first = number + 1
        return None


class Queue:
    """The queues of one kecamatan, as its log tells them."""

    def __init__(self, from_start: bool = True) -> None:
        self.no = 0 if from_start else -1  # of the last row; -1: not known
        self.begun: str | None = None  # no row is older than this day
        self.lines = {letter: Line(from_start) for letter in "ABC"}
        self.acts: dict[Any, int] = {}

    def play(self, rows: Iterable[str], problems: Problems, day: str, slug: str, rules: Rules) -> None:
        """Rows of one day. What a row may say depends on all before it."""
        acts = self.acts = {
            (letter, act): 0 for letter in "ABC" for act in ("masuk", "dicetak", "pengecualian")
        }
        does = {
            "masuk": {x: line.enter for x, line in self.lines.items()},
            "keluar": {x: line.leave for x, line in self.lines.items()},
            "pengecualian": {x: line.leave for x, line in self.lines.items()},
            "kembali": {x: line.come_back for x, line in self.lines.items()},
            "dicetak": {x: line.serve for x, line in self.lines.items()},
        }
        no, order, of_day = self.no, "", None
        for row in rows:
            try:
                its_no, when, letter, text, act = row.split(",")
                deed, number = does[act][letter], int(text)
            except (ValueError, KeyError):
                problems.say(day, f"antrean/{slug}: baris tidak dapat dibaca: {row[:60]!r}")
                continue
            no = no + 1 if no >= 0 else int(its_no) if its_no.isdigit() else 1
            if its_no != str(no):
                problems.say(day, f"antrean/{slug}: baris {its_no} seharusnya {no}")
                no = int(its_no) if its_no.isdigit() else no
            if when != of_day:
                of_day, order = when, rules.on(when)
                if when > day:
                    problems.say(day, f"antrean/{slug}: baris {no} bertanggal {when}, sesudah harinya")
                if self.begun and when < self.begun:
                    problems.say(day, f"antrean/{slug}: baris {no} bertanggal {when}, jauh sebelum harinya")
            wrong = deed(number)
            if act == "dicetak" and not wrong:
                for better in order[: order.find(letter)]:
                    if self.lines[better].waiting:
                        wrong = f"{letter}-{number} dicetak, padahal {better}-{self.lines[better].best()} masih menunggu"
            if wrong:
                problems.say(day, f"antrean/{slug}: baris {no}: {letter}: {wrong}")
            if act not in UNCOUNTED:
                acts[letter, act] += 1
        self.no = no


class Rules:
    """In which order letters are served on a day."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def learn(self, rows: Iterable[str], problems: Problems, day: str) -> None:
        found = [(row[0], row[1]) for row in csv.reader(rows) if len(row) == 3]
        if any(row[0] > day for row in found):
            problems.say(day, "aturan: sebuah aturan baru berlaku sesudah harinya")
        known = [row for row in self.rows if row[0] <= day]
        if known != found[: len(known)]:
            problems.say(day, "aturan: aturan yang pernah diumumkan berubah")
        self.rows = sorted(found)

    def on(self, day: str) -> str:
        valid = [order for since, order in self.rows if since <= day]
        return valid[-1] if valid else "ABC"


# ── a day ──


class Checker:
    """Checks days in their order; keeps what the next one continues."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source, self.problems = source, problems
        self.queues: dict[str, Queue] = {}
        self.rules = Rules()
        self.balances: dict[Any, int] | None = None
        self.before: str | None = None
        self.exceptions = 0
        self.from_start = False

    def day(self, entry: dict[str, Any], first: bool) -> None:
        """One published day."""
        day, say = entry["date"], self.problems.say
        follows = self.before is not None and _next(self.before) == day
        if not follows:
            self.queues, self.rules, self.balances, self.exceptions = {}, Rules(), None, 0
            self.from_start = first
        tree = Tree()
        tree.add(sha256(b"\x00" + bytes.fromhex(entry["previous"] or NOTHING)).digest())
        kept = {}
        for name in FIXED:
            kept[name] = list(self._lines(day, name, tree))
        self._own(day, entry, kept["hari"])
        self.rules.learn(kept["aturan"], self.problems, day)
        counts = self._counts(day, kept["progres"])
        for slug in self._slugs(kept["progres"]):
            queue = self.queues.setdefault(slug, Queue(self.from_start))
            lines = self._lines(day, f"antrean/{slug}", tree)
            queue.begun = None if first else (date.fromisoformat(day) - timedelta(days=1)).isoformat()
            queue.play(lines, self.problems, day, slug, self.rules)
        if tree.root().hex() != entry["public_root"]:
            say(day, "berkasnya tidak menghasilkan akar yang diumumkan (public_root)")
        if self.from_start:
            self._summary(day, kept["antrean"], counts)
        self._ledger(day, kept)
        self._exceptions(day, kept["pengecualian"])
        self.before = day

    def _lines(self, day: str, name: str, tree: Tree) -> Iterator[str]:
        """The lines of a file after its header, each put into the tree."""
        prefix, add, sha = b"\x00" + f"{name},".encode(), tree.add, sha256
        try:
            with self.source.open(f"{day}/{name}.csv") as file:
                header = file.readline()
                if not header.endswith(b"\n"):
                    self.problems.say(day, f"{name}: tidak ada baris judul")
                for line in file:
                    if not line.endswith(b"\n"):
                        self.problems.say(day, f"{name}: baris terakhir terpotong")
                    text = line.rstrip(b"\n")
                    add(sha(prefix + text).digest())
                    yield text.decode("utf-8", "replace")
        except Missing as error:
            self.problems.say(day, str(error))

    def _own(self, day: str, entry: dict[str, Any], lines: list[str]) -> None:
        row = lines[0].split(",") if len(lines) == 1 else []
        if len(row) != 4 or row[0] != day:
            self.problems.say(day, "hari: bukan satu baris tentang hari ini")
        elif row[2] != str(entry["events"]) or row[3] != entry["private_root"]:
            self.problems.say(day, "hari: peristiwa atau akar pribadi berbeda dari integritas.json")

    def _counts(self, day: str, lines: list[str]) -> dict[Any, int]:
        counts: dict[Any, int] = {}
        places = []
        for row in csv.reader(lines):
            try:
                when, code, _name, stage, n, outside = row
                counts[code, stage] = int(n)
                if when != day or int(outside) > int(n) or int(n) < 0:
                    raise ValueError
                places.append((code, stage))
            except ValueError:
                self.problems.say(day, f"progres: baris tidak sah: {','.join(row)[:80]}")
        if len(set(places)) != len(places):
            self.problems.say(day, "progres: satu tahap ada dua kali")
        self._same_as_json(day, lines)
        return counts

    def _same_as_json(self, day: str, lines: list[str]) -> None:
        try:
            with self.source.open(f"{day}/progres.json") as file:
                rows = json.loads(file.read())
        except (Missing, ValueError):
            return  # the same rows again; whoever kept the CSV has all
        keys = ("tanggal", "kode_kecamatan", "kecamatan", "tahap", "jumlah", "di_luar_buku")
        said = [[str(row.get(key)) for key in keys] for row in rows]
        if said != list(csv.reader(lines)):
            self.problems.say(day, "progres.json berbeda dari progres.csv")

    @staticmethod
    def _slugs(lines: list[str]) -> list[str]:
        """Kecamatan in the order of their codes; a file is named after the name."""
        seen = {row[1]: "-".join(row[2].lower().split()) for row in csv.reader(lines) if len(row) > 2}
        return [seen[code] for code in sorted(seen)]

    def _summary(self, day: str, lines: list[str], counts: dict[Any, int]) -> None:
        """What the day says of each queue is where its log leads, and no more wait than the stage has."""
        waiting: dict[str, int] = {}
        for row in csv.reader(lines):
            try:
                _when, code, name, letter, last, stands, served, exceptions = row
                queue = self.queues["-".join(name.lower().split())]
                line = queue.lines[letter]
                told = (int(last), int(stands), int(served), int(exceptions))
            except (ValueError, KeyError):
                self.problems.say(day, f"antrean: baris tidak sah: {','.join(row)[:80]}")
                continue
            acts = queue.acts
            if told != (line.known, line.waiting, acts[letter, "dicetak"], acts[letter, "pengecualian"]):
                self.problems.say(day, f"antrean: {name} huruf {letter} tidak sesuai dengan catatannya")
            waiting[code] = waiting.get(code, 0) + int(stands)
            self.exceptions += int(exceptions)
        for code, n in waiting.items():
            if n > counts.get((code, "WAITING_FOR_BLANK"), 0):
                self.problems.say(
                    day, f"progres: {code}: lebih sedikit yang menunggu daripada yang dalam antrean"
                )

    def _ledger(self, day: str, kept: dict[str, list[str]]) -> None:
        """Balances add up to zero, none but the supplier's is below it, and the day's movements lead to them."""
        try:
            now = {(row[1], row[2]): int(row[3]) for row in csv.reader(kept["blanko"])}
            moves = [(row[1], row[2], row[3], row[4], int(row[6])) for row in csv.reader(kept["mutasi"])]
        except (ValueError, IndexError):
            self.problems.say(day, "blanko: baris tidak sah")
            return
        if sum(now.values()):
            self.problems.say(day, "blanko: jumlah semua rekening bukan nol")
        if any(n < 0 for (place, _), n in now.items() if place != "supplier"):
            self.problems.say(day, "blanko: sebuah rekening kurang dari nol")
        start = self.balances if self.balances is not None else ({} if self.from_start else None)
        if start is not None:
            led = dict.fromkeys(now, 0)
            led.update(start)
            for a, its, b, their, n in moves:
                led[a, its] = led.get((a, its), 0) - n
                led[b, their] = led.get((b, their), 0) + n
            if led != now:
                self.problems.say(day, "blanko: saldo tidak sesuai dengan mutasi hari itu")
        self.balances = now

    def _exceptions(self, day: str, lines: list[str]) -> None:
        """A week's categories add up to the exceptions of its logs; no small group is told apart."""
        if date.fromisoformat(day).weekday() != SUNDAY:
            if lines:
                self.problems.say(day, "pengecualian: golongan diumumkan sekali seminggu")
            return
        try:
            groups = [(row[2], int(row[3])) for row in csv.reader(lines)]
        except (ValueError, IndexError):
            self.problems.say(day, "pengecualian: baris tidak sah")
            return
        if len(groups) > 1 and any(n < LEAST for _, n in groups):
            self.problems.say(day, "pengecualian: golongan yang terlalu kecil disebut tersendiri")
        if self.from_start and sum(n for _, n in groups) != self.exceptions:
            self.problems.say(day, "pengecualian: jumlah golongan tidak sesuai dengan catatan antrean")
        self.exceptions = 0


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


# ── the whole ──


def check_chain(days: list[Any], known: dict[str, str], problems: Problems) -> None:
    """Days follow each other without a gap, each names the root before it, and kept roots still stand."""
    before = None
    for entry in days:
        day = entry["date"]
        if before is None:
            if entry["previous"]:
                problems.say(day, "integritas: hari pertama menyebut akar sebelumnya")
        elif day != _next(before["date"]):
            problems.say(day, f"integritas: hari sebelumnya {before['date']}")
        elif entry["previous"] != before["public_root"]:
            problems.say(day, "integritas: previous bukan akar hari sebelumnya")
        before = entry
    roots = {entry["date"]: entry["public_root"] for entry in days}
    for day, root in known.items():
        if roots.get(day) != root:
            problems.say(day, "akarnya bukan lagi yang Anda simpan: riwayat diubah")


def check_proof(proof: dict[str, Any], days: list[Any], problems: Problems) -> None:
    """Each event of a card is a leaf of its day's private tree."""
    entries = {entry["date"]: entry for entry in days}
    for one in proof["proofs"]:
        day, text = one["date"], one["event"]
        leaf = sha256(b"\x00" + bytes.fromhex(one["nonce"]) + text.encode()).digest()
        root = root_by_path(leaf, one["index"], one["size"], [bytes.fromhex(step) for step in one["path"]])
        entry = entries.get(day)
        if entry is None:
            problems.say(day, "bukti: hari ini tidak diumumkan")
        elif root is None or root.hex() != entry["private_root"] or one["size"] != entry["events"] + 1:
            problems.say(day, f"bukti: peristiwa {text[:70]} tidak ada di bawah akar hari itu")


def read_known(text: str) -> dict[str, str]:
    if "=" in text and not Path(text).exists():
        day, _, root = text.partition("=")
        return {day: root}
    days = json.loads(Path(text).read_text(encoding="utf-8"))["days"]
    return {entry["date"]: entry["public_root"] for entry in days}


def check(
    place: str, known: dict[str, str] | None = None, proof: dict[str, Any] | None = None
) -> tuple[list[str], int]:
    """What does not fit, and how many days were looked at."""
    problems, source, looked = Problems(), Source(place), 0
    try:
        with source.open("integritas.json") as file:
            days = json.loads(file.read())["days"]
        for entry in days:
            date.fromisoformat(entry["date"])
            bytes.fromhex(entry["public_root"] + entry["private_root"] + (entry["previous"] or ""))
            int(entry["events"])
    except (Missing, ValueError, KeyError, TypeError) as error:
        return [f"integritas.json: {error}"], 0
    try:
        check_chain(days, known or {}, problems)
        checker = Checker(source, problems)
        for number, entry in enumerate(days):
            if source.has_day(entry["date"]):
                checker.day(entry, first=number == 0)
                looked += 1
        if days and not looked:
            problems.say(days[-1]["date"], "tidak ada berkas hari mana pun")
        if proof:
            check_proof(proof, days, problems)
    except TooMany:
        problems.append("… dan seterusnya")
    return problems, looked


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("place", metavar="FOLDER-OR-URL")
    parser.add_argument("--known", help="integritas.json kept earlier, or DAY=ROOT")
    parser.add_argument("--proof", help="JSON of the proofs of a card")
    options = parser.parse_args(arguments)
    try:
        known = read_known(options.known) if options.known else {}
        proof = json.loads(Path(options.proof).read_text(encoding="utf-8")) if options.proof else None
        problems, looked = check(options.place, known, proof)
    except (OSError, ValueError, KeyError, TypeError) as error:
        problems, looked = [f"tidak dapat dibaca: {error}"], 0
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{looked} hari diperiksa; semuanya cocok.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
