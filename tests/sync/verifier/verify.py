#!/usr/bin/env python3
"""Checks what a terminal and a hub signed, without any code of theirs.

usage: verify.py journal FILE --device-key PEM --hub-receipt-key PEM [--json]
       verify.py receipt FILE --hub-receipt-key PEM [--journal FILE] [--json]

  journal  every record of a journal.db: chain, signatures, gaps, payloads, receipts
  receipt  one signed receipt of the hub; with --journal: that it names a record there
  --device-key       the terminal's device.pub
  --hub-receipt-key  the hub's receipt.pub
  --json             one JSON object instead of lines

Each problem is a line "SEQ CODE", with the codes of sync/store/verify_journal.hpp. It opens no record: nobody
but the hub can. Exit code: 0 nothing is wrong, 1 something is, 2 misuse, 3 a file cannot be read.

Needs Python 3.8 and its standard library; for the profile gm-1 an OpenSSL with SM3 behind it. The format is
described in sync/record/WIRE.md.
"""

import base64
import hashlib
import json
import re
import sqlite3
import sys
from pathlib import Path
from urllib.parse import quote

# What the format allows (WIRE.md).
NUMBER_MAX = 2**63 - 1
NAME_MAX = 128
ENVELOPE_MAX = 2048
PAYLOAD_MAX = 256 * 1024 + 1024
SIGNED_BODY_MAX = 64 * 1024
SIGNATURE_MAX = 128
KINDS = (1, 2, 3)
STATES = (b"saved", b"sent", b"accepted", b"refused")


class Unreadable(Exception):
    """A file that cannot be looked at, with its code."""


class Invalid(Exception):
    """Bytes that are not canonical."""


# ---- canonical CBOR


class Reader:
    """The subset of CBOR that records use; whatever is not in its one form is Invalid."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Invalid("it ends too early")
        part = self.data[self.at : self.at + count]
        self.at += count
        return part

    def head(self, major):
        first = self.take(1)[0]
        low = first & 0x1F
        if first >> 5 != major or low > 27:
            raise Invalid("another kind of item")
        if low < 24:
            return low
        size = 1 << (low - 24)
        value = int.from_bytes(self.take(size), "big")
        if value < (24 if size == 1 else 1 << (4 * size)):
            raise Invalid("not the shortest form")
        return value

    def number(self, most=NUMBER_MAX):
        value = self.head(0)
        if value > most:
            raise Invalid("too large")
        return value

    def blob(self, size_max):
        size = self.head(2)
        if size > size_max:
            raise Invalid("too long")
        return self.take(size)

    def exactly(self, size):
        value = self.blob(size)
        if len(value) != size:
            raise Invalid("too short")
        return value

    def text(self, size_max=NAME_MAX):
        size = self.head(3)
        if size > size_max:
            raise Invalid("too long")
        try:
            return self.take(size).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Invalid("no UTF-8") from error

    def begin(self, entry_count, name):
        if self.head(5) != entry_count:
            raise Invalid("another number of entries")
        self.key(0)
        if self.text() != name:
            raise Invalid("another format")

    def key(self, expected):
        if self.head(0) != expected:
            raise Invalid("another key")
        return self

    def end(self):
        if self.at != len(self.data):
            raise Invalid("something follows")


def read_envelope(data):
    if len(data) > ENVELOPE_MAX:
        raise Invalid("too long")
    reader = Reader(data)
    reader.begin(13, "bm-envelope-1")
    envelope = {"profile": reader.key(1).text(), "terminal_id": reader.key(2).text()}
    envelope["epoch"] = reader.key(3).number()
    envelope["seq"] = reader.key(4).number()
    envelope["previous"] = reader.key(5).exactly(32)
    envelope["record_id"] = reader.key(6).exactly(16)
    envelope["kind"] = reader.key(7).number()
    envelope["case_no"] = reader.key(8).text()
    envelope["service_id"] = reader.key(9).text()
    envelope["created_utc_ms"] = reader.key(10).number()
    envelope["payload_digest"] = reader.key(11).exactly(32)
    envelope["payload_size"] = reader.key(12).number(PAYLOAD_MAX)
    reader.end()
    if envelope["kind"] not in KINDS or envelope["seq"] == 0:
        raise Invalid("no such kind or number")
    return envelope


def read_signed(data):
    reader = Reader(data)
    reader.begin(3, "bm-signed-1")
    body = reader.key(1).blob(SIGNED_BODY_MAX)
    signature = reader.key(2).blob(SIGNATURE_MAX)
    reader.end()
    return body, signature


def read_receipt(data):
    reader = Reader(data)
    reader.begin(8, "bm-receipt-1")
    receipt = {"terminal_id": reader.key(1).text(), "epoch": reader.key(2).number()}
    receipt["seq"] = reader.key(3).number()
    receipt["envelope_digest"] = reader.key(4).exactly(32)
    receipt["received_utc_ms"] = reader.key(5).number()
    receipt["status"] = ("stored", "refused")[reader.key(6).number(1)]
    receipt["code"] = reader.key(7).text()
    reader.end()
    return receipt


# ---- signatures: ECDSA and SM2 on their curves, in whole numbers


class Curve:
    """y^2 = x^3 - 3x + b over a prime p; both curves have that shape."""

    def __init__(self, name, oid, p, b, n, gx, gy):
        self.name, self.oid = name, bytes.fromhex(oid)
        self.p, self.b, self.n = (int(value, 16) for value in (p, b, n))
        self.generator = (int(gx, 16), int(gy, 16))
        self.multiples = None

    def holds(self, point):
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - x * x * x + 3 * x - self.b) % self.p == 0

    def double(self, point):
        x, y, z = point
        if not y:
            return (1, 1, 0)
        p = self.p
        z2 = z * z % p
        m = 3 * (x - z2) * (x + z2) % p
        s = 4 * x * y * y % p
        x3 = (m * m - 2 * s) % p
        y2 = 2 * y * y % p
        return x3, (m * (s - x3) - 2 * y2 * y2) % p, 2 * y * z % p

    def add(self, point, affine):
        """A point in Jacobian coordinates plus one in affine ones."""
        x1, y1, z1 = point
        x2, y2 = affine
        if not z1:
            return x2, y2, 1
        p = self.p
        zz = z1 * z1 % p
        h = (x2 * zz - x1) % p
        r = (y2 * zz * z1 - y1) % p
        if not h:
            return (1, 1, 0) if r else self.double(point)
        hh = h * h % p
        hhh = h * hh % p
        v = x1 * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p

    def affine(self, point):
        x, y, z = point
        inverse = pow(z, -1, self.p)
        square = inverse * inverse % self.p
        return x * square % self.p, y * square * inverse % self.p

    def table(self, point):
        """For each of the 64 half-bytes of a scalar, 1 to 15 times the point at that place."""
        rows = []
        base = point
        for _ in range(64):
            row, sum_ = [base], (base[0], base[1], 1)
            for _ in range(14):
                sum_ = self.add(sum_, base)
                row.append(self.affine(sum_))
            rows.append(row)
            base = self.affine(self.add(sum_, base))
        return rows

    def multiply(self, pairs):
        """The x coordinate of the sum of scalar times point, each point given as its table."""
        total = (1, 1, 0)
        for scalar, rows in pairs:
            for row in rows:
                digit = scalar & 15
                scalar >>= 4
                if digit:
                    total = self.add(total, row[digit - 1])
        return self.affine(total)[0] if total[2] else None

    def generator_table(self):
        if self.multiples is None:
            self.multiples = self.table(self.generator)
        return self.multiples


P256 = Curve(
    "P-256",
    "2a8648ce3d030107",
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
)
SM2 = Curve(
    "SM2",
    "2a811ccf5501822d",
    "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
    "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
)
SM2_ID = b"1234567812345678"


def read_signature(data):
    """DER of SEQUENCE { r INTEGER, s INTEGER }, in its one form; None when it is none."""
    if len(data) < 8 or data[0] != 0x30 or data[1] != len(data) - 2:
        return None
    numbers, at = [], 2
    for _ in range(2):
        if at + 2 > len(data) or data[at] != 0x02:
            return None
        size = data[at + 1]
        value = data[at + 2 : at + 2 + size]
        if not 1 <= size <= 33 or len(value) != size or value[0] & 0x80:
            return None
        if size > 1 and value[0] == 0 and not value[1] & 0x80:
            return None
        numbers.append(int.from_bytes(value, "big"))
        at += 2 + size
    return numbers if at == len(data) else None


class Key:
    """A public key from PEM; its curve says the profile."""

    def __init__(self, path):
        text = read_file(path).decode("ascii", "replace")
        found = re.search("-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", text, re.S)
        if not found:
            raise Unreadable(f"key.invalid: {path}")
        try:
            der = base64.b64decode("".join(found.group(1).split()), validate=True)
        except ValueError as error:
            raise Unreadable(f"key.invalid: {path}") from error
        # SubjectPublicKeyInfo of an uncompressed point: it is at the end, the curve's name in front of it.
        point = der[-64:]
        self.curve = None
        for curve in (P256, SM2):
            if der[:-64].endswith(curve.oid + b"\x03\x42\x00\x04"):
                self.curve = curve
        point = (int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big"))
        if self.curve is None or not self.curve.holds(point):
            raise Unreadable(f"key.invalid: {path}")
        self.point = point
        self.profile = "intl-1" if self.curve is P256 else "gm-1"
        self.rows = None

    def digest(self, data):
        return hashlib.sha256(data).digest() if self.curve is P256 else sm3(data)

    def verify(self, message, signature):
        numbers = read_signature(signature)
        n = self.curve.n
        if numbers is None or not all(0 < number < n for number in numbers):
            return False
        if self.rows is None:
            self.rows = self.curve.table(self.point)
        r, s = numbers
        if self.curve is P256:
            e = int.from_bytes(self.digest(message), "big")
            w = pow(s, -1, n)
            x = self.curve.multiply([(e * w % n, self.curve.generator_table()), (r * w % n, self.rows)])
            return x is not None and x % n == r
        e = int.from_bytes(sm3(self.sm2_owner() + message), "big")
        t = (r + s) % n
        if t == 0:
            return False
        x = self.curve.multiply([(s, self.curve.generator_table()), (t, self.rows)])
        return x is not None and (e + x) % n == r

    def sm2_owner(self):
        """Z of GB/T 32918.2: whose signature it is goes into what is signed."""
        curve = self.curve
        numbers = (curve.p - 3, curve.b, *curve.generator, *self.point)
        return sm3(
            (8 * len(SM2_ID)).to_bytes(2, "big") + SM2_ID + b"".join(number.to_bytes(32, "big") for number in numbers)
        )


def sm3(data):
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError as error:
        raise Unreadable("this Python has no SM3") from error


# ---- files


def read_file(path):
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error


def open_journal(path):
    if not Path(path).is_file():
        raise Unreadable(f"store.io: {path}")
    database = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
    database.text_factory = bytes
    if [row[0] for row in database.execute("PRAGMA quick_check(1)")] != [b"ok"]:
        raise Unreadable("store.corrupt")
    database.execute("BEGIN")
    return database


def as_number(value):
    if isinstance(value, (int, float)):
        return int(value)
    return int((re.match(rb"\s*[-+]?\d+", value or b"") or [b"0"])[0])


def as_bytes(value):
    if isinstance(value, (int, float)):
        return str(value).encode()
    return value or b""


class Verification:
    """Goes through the records of one journal in order."""

    def __init__(self, device_key, receipt_key):
        self.device_key, self.receipt_key = device_key, receipt_key
        self.problems = []
        self.records = self.waiting = self.refused = 0
        self.last_seq, self.last_digest = 0, bytes(32)

    def problem(self, seq, code):
        self.problems.append((seq, code))

    def check(self, row):
        seq, record_id, kind, case_no, digest, data, signature, payload, receipt, state = row
        data, state = as_bytes(data), as_bytes(state)
        self.records += 1
        self.waiting += state == b"saved"
        self.refused += state == b"refused"
        if state not in STATES:
            self.problem(seq, "journal.bad_state")
        own_digest = self.device_key.digest(data)
        if not self.device_key.verify(data, as_bytes(signature)):
            self.problem(seq, "journal.bad_signature")
        try:
            envelope = read_envelope(data)
        except Invalid:
            envelope = None
        columns = (seq, as_number(kind), as_bytes(case_no), as_bytes(record_id), as_bytes(digest))
        if envelope is None or columns != (
            envelope["seq"],
            envelope["kind"],
            envelope["case_no"].encode(),
            envelope["record_id"],
            own_digest,
        ):
            self.problem(seq, "journal.bad_envelope")
        if envelope is not None:
            self.check_chain(seq, envelope)
            self.check_payload(seq, envelope, own_digest, payload, receipt, state)
        self.last_seq, self.last_digest = seq, own_digest

    def check_chain(self, seq, envelope):
        if seq != self.last_seq + 1:
            self.problem(seq, "journal.gap")
        elif envelope["previous"] != self.last_digest:
            self.problem(seq, "journal.broken_chain")

    def check_payload(self, seq, envelope, own_digest, payload, receipt, state):
        if payload is not None:
            payload_bytes = as_bytes(payload)
            whole = len(payload_bytes) == envelope["payload_size"]
            if not whole or self.device_key.digest(payload_bytes) != envelope["payload_digest"]:
                self.problem(seq, "journal.bad_payload")
        if receipt is None:
            if state in (b"sent", b"accepted") or payload is None:
                self.problem(seq, "journal.missing_payload")
            return
        told = genuine_receipt(self.receipt_key, as_bytes(receipt))
        if told is None or (told["seq"], told["epoch"], told["terminal_id"], told["envelope_digest"]) != (
            seq,
            envelope["epoch"],
            envelope["terminal_id"],
            own_digest,
        ):
            self.problem(seq, "journal.bad_receipt")
        elif payload is None and told["status"] != "stored":
            self.problem(seq, "journal.missing_payload")


def genuine_receipt(key, data):
    """What a signed receipt says; None when it is not the hub's."""
    try:
        body, signature = read_signed(data)
        return read_receipt(body) if key.verify(body, signature) else None
    except Invalid:
        return None


def verify_journal(path, device_key, receipt_key):
    try:
        database = open_journal(path)
        verification = Verification(device_key, receipt_key)
        for row in database.execute(
            "SELECT seq, record_id, kind, case_no, digest, envelope, signature, payload, receipt, state "
            "FROM record ORDER BY seq"
        ):
            verification.check(row)
        for (seq,) in database.execute(
            "SELECT max(seq) FROM record WHERE kind = 1 GROUP BY case_no HAVING count(*) > 1"
        ):
            verification.problem(seq, "journal.repeated_case")
        database.close()
    except sqlite3.Error as error:
        raise Unreadable(f"store.corrupt: {error}") from error
    return verification


def verify_receipt(path, receipt_key, journal):
    """The receipt in words, and what is wrong with it."""
    try:
        body, signature = read_signed(read_file(path))
        receipt = read_receipt(body)
    except Invalid:
        return {}, [(0, "message.invalid")]
    seq = receipt["seq"]
    problems = []
    if not receipt_key.verify(body, signature):
        problems.append((seq, "receipt.bad_signature"))
    if journal is not None:
        database = open_journal(journal)
        row = database.execute("SELECT envelope FROM record WHERE seq = ?", (seq,)).fetchone()
        data = as_bytes(row[0]) if row else b""
        try:
            envelope = read_envelope(data)
        except Invalid:
            envelope = None
        named = (receipt["terminal_id"], receipt["epoch"], receipt["envelope_digest"])
        if envelope is None or named != (envelope["terminal_id"], envelope["epoch"], receipt_key.digest(data)):
            problems.append((seq, "receipt.not_ours"))
    receipt["envelope_digest"] = receipt["envelope_digest"].hex()
    return receipt, problems


# ---- the command line


def parse(words):
    options = {"--device-key": None, "--hub-receipt-key": None, "--journal": None, "--json": False}
    plain = []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--json":
            options[word] = True
        elif word in options and words:
            options[word] = words.pop(0)
        elif word.startswith("-"):
            return None, None
        else:
            plain.append(word)
    return plain, options


def tell(found, problems, as_json):
    if as_json:
        listed = [{"seq": seq, "code": code} for seq, code in problems]
        print(json.dumps({**found, "problems": listed}, ensure_ascii=False))
    else:
        print(" ".join(f"{key}={value}" for key, value in found.items()))
        for seq, code in problems:
            print(seq, code)
    return 1 if problems else 0


def main(words):
    if "--help" in words or "-h" in words:
        print(__doc__.strip())
        return 0
    plain, options = parse(words)
    needed = {"journal": ("--device-key", "--hub-receipt-key"), "receipt": ("--hub-receipt-key",)}
    if not plain or len(plain) != 2 or plain[0] not in needed or not all(options[key] for key in needed[plain[0]]):
        print(__doc__.strip().split("\n\n")[1], file=sys.stderr)
        return 2
    try:
        receipt_key = Key(options["--hub-receipt-key"])
        if plain[0] == "receipt":
            found, problems = verify_receipt(plain[1], receipt_key, options["--journal"])
        else:
            done = verify_journal(plain[1], Key(options["--device-key"]), receipt_key)
            found = {"records": done.records, "waiting": done.waiting, "refused": done.refused}
            problems = done.problems
        return tell(found, problems, options["--json"])
    except Unreadable as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
