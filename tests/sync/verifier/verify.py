#!/usr/bin/env python3
"""Checks what a terminal and a hub signed, without any code of theirs.

usage: verify.py journal FILE --device-key PEM --hub-receipt-key PEM [--json]
       verify.py receipt FILE --hub-receipt-key PEM [--journal FILE] [--json]
       verify.py export FILE --device-key PEM --hub-receipt-key PEM [--json]
       verify.py proof FILE --slip TEXT --hub-receipt-key PEM [--authority PEM] [--json]
       verify.py consistency FILE --hub-receipt-key PEM [--json]

  journal  every record of a journal.db: chain, signatures, gaps, payloads, receipts
  receipt  one signed receipt of the hub; with --journal: that it names a record there
  export   a file for a USB stick: the records of a terminal on their way, or the hub's receipts for them
  proof    a hub's proof that it has the record of a slip; with --authority: and a time stamp over it
  consistency  a hub's proof that its tree only ever grew between two heads
  --slip             the text of the slip's code
  --authority        the roots of time stamp authorities; needs the command openssl
  --device-key       the terminal's device.pub
  --hub-receipt-key  the hub's receipt.pub
  --json             one JSON object instead of lines

Each problem is a line "SEQ CODE", with the codes of sync/store/verify_journal.hpp and sync/proof/check.hpp. It opens no record: nobody
but the hub can. Exit code: 0 nothing is wrong, 1 something is, 2 misuse, 3 a file cannot be read.

Needs Python 3.8 and its standard library; for the profile gm-1 an OpenSSL with SM3 behind it. The format is
described in sync/record/WIRE.md.
"""

import base64
import calendar
import hashlib
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

# What the format allows (WIRE.md).
NUMBER_MAX = 2**63 - 1
NAME_MAX = 128
ENVELOPE_MAX = 2048
PAYLOAD_MAX = 256 * 1024 + 1024
SIGNED_BODY_MAX = 64 * 1024
SIGNATURE_MAX = 128
STICK_ITEMS_MAX = 20_000
HEAD_MAX = 512
LEAF_MAX = 1024
PATH_MAX = 63
STAMP_MAX = 16 * 1024
TREE_SIZE_MAX = 2**62
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


def read_upload(data):
    reader = Reader(data)
    reader.begin(4, "bm-upload-1")
    parts = reader.key(1).blob(ENVELOPE_MAX), reader.key(2).blob(SIGNATURE_MAX), reader.key(3).blob(PAYLOAD_MAX)
    reader.end()
    return parts


def read_stick(data):
    """Kind (1 records, 2 receipts), terminal and items of a file for a USB stick."""
    reader = Reader(data)
    reader.begin(6, "bm-stick-1")
    kind, terminal_id = reader.key(1).number(2), reader.key(2).text()
    reader.key(3).number()
    count = reader.key(4).head(4)
    if kind == 0 or count > STICK_ITEMS_MAX:
        raise Invalid("no such kind, or too many")
    upload_max = ENVELOPE_MAX + PAYLOAD_MAX + SIGNATURE_MAX + 64
    items = [reader.blob(upload_max) for _ in range(count)]
    reader.key(5).exactly(32)
    reader.end()
    return kind, terminal_id, items


def read_path(reader):
    count = reader.head(4)
    if count > PATH_MAX:
        raise Invalid("too long")
    return [reader.exactly(32) for _ in range(count)]


def read_proof(data):
    reader = Reader(data)
    reader.begin(6, "bm-proof-1")
    proof = {"head": reader.key(1).blob(HEAD_MAX), "leaf": reader.key(2).blob(LEAF_MAX)}
    proof["index"] = reader.key(3).number(TREE_SIZE_MAX)
    proof["path"] = read_path(reader.key(4))
    proof["stamp"] = reader.key(5).blob(STAMP_MAX)
    reader.end()
    return proof


def read_consistency(data):
    reader = Reader(data)
    reader.begin(4, "bm-consistency-1")
    parts = reader.key(1).blob(HEAD_MAX), reader.key(2).blob(HEAD_MAX), read_path(reader.key(3))
    reader.end()
    return parts


def read_leaf(data):
    reader = Reader(data)
    reader.begin(3, "bm-leaf-1")
    receipt, mark = reader.key(1).blob(LEAF_MAX), reader.key(2).blob(32)
    reader.end()
    if len(mark) not in (0, 32):
        raise Invalid("no mark")
    return receipt, mark


def read_head(data):
    reader = Reader(data)
    reader.begin(6, "bm-tree-head-1")
    head = {"profile": reader.key(1).text(), "size": reader.key(2).number(TREE_SIZE_MAX)}
    head["root"] = reader.key(3).exactly(32)
    head["utc_ms"] = reader.key(4).number()
    head["key"] = reader.key(5).exactly(32)
    reader.end()
    if head["size"] == 0:
        raise Invalid("an empty tree")
    return head


def read_slip(text):
    """Case number and token."""
    found = re.fullmatch("BM1:([0-9]{14}):([0-9A-HJKMNP-TV-Z]{16})", text.strip())
    if not found:
        raise Unreadable("slip.not_ours")
    return found.groups()


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
    try:
        if [row[0] for row in database.execute("PRAGMA quick_check(1)")] != [b"ok"]:
            raise Unreadable("store.corrupt")
        database.execute("BEGIN")
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the second: a message that quotes a damaged schema
        raise Unreadable("store.corrupt") from error
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
        if envelope is None or envelope["profile"] != self.device_key.profile or columns != (
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
    except (sqlite3.Error, UnicodeDecodeError) as error:
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


class ExportVerification:
    """Goes through the items of one file for a USB stick. A record that is not there is no fault: it may have gone
    over the network."""

    def __init__(self, device_key, receipt_key):
        self.device_key, self.receipt_key = device_key, receipt_key
        self.problems = []
        self.digests = {}

    def check_record(self, data, terminal_id):
        try:
            envelope_bytes, signature, payload = read_upload(data)
        except Invalid:
            return self.problems.append((0, "message.invalid"))
        try:
            envelope = read_envelope(envelope_bytes)
        except Invalid:
            return self.problems.append((0, "journal.bad_envelope"))
        seq, key = envelope["seq"], self.device_key
        if not key.verify(envelope_bytes, signature):
            self.problems.append((seq, "journal.bad_signature"))
        if (envelope["profile"], envelope["terminal_id"]) != (key.profile, terminal_id):
            self.problems.append((seq, "journal.bad_envelope"))
        before = self.digests.get((envelope["epoch"], seq - 1), bytes(32) if seq == 1 else None)
        if before is not None and before != envelope["previous"]:
            self.problems.append((seq, "journal.broken_chain"))
        if (len(payload), key.digest(payload)) != (envelope["payload_size"], envelope["payload_digest"]):
            self.problems.append((seq, "journal.bad_payload"))
        self.digests[envelope["epoch"], seq] = key.digest(envelope_bytes)

    def check_receipt(self, data, terminal_id):
        try:
            body, signature = read_signed(data)
            receipt = read_receipt(body)
        except Invalid:
            return self.problems.append((0, "message.invalid"))
        if not self.receipt_key.verify(body, signature):
            self.problems.append((receipt["seq"], "receipt.bad_signature"))
        if receipt["terminal_id"] != terminal_id:
            self.problems.append((receipt["seq"], "receipt.not_ours"))


def verify_export(path, device_key, receipt_key):
    data = read_file(path)
    done = ExportVerification(device_key, receipt_key)
    if hashlib.sha256(data[:-32]).digest() != data[-32:]:
        return {}, [(0, "stick.torn")]
    try:
        kind, terminal_id, items = read_stick(data)
    except Invalid:
        return {}, [(0, "stick.not_one")]
    for item in items:
        (done.check_record if kind == 1 else done.check_receipt)(item, terminal_id)
    return {("records" if kind == 1 else "receipts"): len(items), "terminal_id": terminal_id}, done.problems


# ---- the hash tree (RFC 9162)


class Refused(Exception):
    """What is wrong with a proof: its code."""


def node(key, left, right):
    return key.digest(b"\x01" + left + right)


def root_of_leaf(key, leaf, index, size, path):
    """The root that a leaf and its path lead to; None when the path has another length."""
    at, last, value = index, size - 1, leaf
    for partner in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            value = node(key, partner, value)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            value = node(key, value, partner)
        at, last = at >> 1, last >> 1
    return value if last == 0 else None


def is_consistent(key, earlier, later, path):
    sizes = earlier["size"], later["size"]
    if sizes[0] > sizes[1]:
        return False
    if sizes[0] == sizes[1]:
        return not path and earlier["root"] == later["root"]
    if not path:
        return False
    at, last = sizes[0] - 1, sizes[1] - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    path = list(path)
    before = after = earlier["root"] if sizes[0] & (sizes[0] - 1) == 0 else path.pop(0)
    for partner in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node(key, partner, before), node(key, partner, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node(key, after, partner)
        at, last = at >> 1, last >> 1
    return last == 0 and (before, after) == (earlier["root"], later["root"])


def slip_mark(key, case_no, token):
    case, secret = case_no.encode(), hashlib.sha256(token.encode()).digest()
    return key.digest(b"\x83\x69bm-slip-1" + bytes([0x60 | len(case)]) + case + b"\x58\x20" + secret)


def genuine_head(key, data):
    try:
        body, signature = read_signed(data)
        head = read_head(body)
    except Invalid as error:
        raise Refused("proof.invalid") from error
    if not key.verify(body, signature):
        raise Refused("proof.bad_signature")
    if head["profile"] != key.profile:
        raise Refused("proof.other_profile")
    if head["key"] != key.digest(b"\x04" + b"".join(number.to_bytes(32, "big") for number in key.point)):
        raise Refused("proof.other_key")
    return head


def shown(head):
    return {"profile": head["profile"], "size": head["size"], "root": head["root"].hex(), "head_utc_ms": head["utc_ms"]}


def check_stamp(stamp, signed_head, authority):
    """When a time stamp authority saw the head, by openssl's word, as at that time."""
    with tempfile.NamedTemporaryFile(suffix=".tsr") as file:
        file.write(stamp)
        file.flush()
        told = subprocess.run(["openssl", "ts", "-reply", "-in", file.name, "-text"], capture_output=True, check=False)
        found = re.search(rb"Time stamp: (\w+ +\d+ [\d:]+)(?:\.\d+)? (\d+) GMT", told.stdout)
        if told.returncode or not found:
            raise Refused("stamp.invalid")
        when = time.strptime(b" ".join(found.groups()).decode(), "%b %d %H:%M:%S %Y")
        seconds = calendar.timegm(when)
        verified = subprocess.run(
            ["openssl", "ts", "-verify", "-digest", hashlib.sha256(signed_head).hexdigest(), "-in", file.name,
             "-CAfile", authority, "-attime", str(seconds)],
            capture_output=True, check=False)
        if verified.returncode:
            raise Refused("stamp.refused")
    return seconds * 1000


def check_proof(data, slip, key, authority):
    try:
        proof = read_proof(data)
    except Invalid as error:
        raise Refused("proof.invalid") from error
    head = genuine_head(key, proof["head"])
    try:
        receipt_bytes, mark = read_leaf(proof["leaf"])
        receipt = read_receipt(receipt_bytes)
    except Invalid as error:
        raise Refused("proof.invalid") from error
    if mark != slip_mark(key, *slip):
        raise Refused("proof.other_slip")
    leaf = key.digest(b"\x00" + proof["leaf"])
    index = proof["index"]
    if index >= head["size"] or root_of_leaf(key, leaf, index, head["size"], proof["path"]) != head["root"]:
        raise Refused("proof.not_included")
    found = {"terminal_id": receipt["terminal_id"], "epoch": receipt["epoch"], "seq": receipt["seq"]}
    found["envelope_digest"] = receipt["envelope_digest"].hex()
    found["received_utc_ms"] = receipt["received_utc_ms"]
    found["leaf"] = index
    if authority is not None:
        found["stamped_utc_ms"] = check_stamp(proof["stamp"], proof["head"], authority)
    return {**found, **shown(head)}


def check_consistency(data, key):
    try:
        earlier_bytes, later_bytes, path = read_consistency(data)
    except Invalid as error:
        raise Refused("proof.invalid") from error
    earlier, later = genuine_head(key, earlier_bytes), genuine_head(key, later_bytes)
    if not is_consistent(key, earlier, later, path):
        raise Refused("proof.inconsistent")
    return {f"{when}_{name}": value for when, head in (("earlier", earlier), ("later", later))
            for name, value in shown(head).items()}


def told_of(check):
    try:
        return check(), []
    except Refused as error:
        return {}, [(0, str(error))]


# ---- the command line


def parse(words):
    options = dict.fromkeys(("--device-key", "--hub-receipt-key", "--journal", "--slip", "--authority"))
    options["--json"] = False
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
    both = ("--device-key", "--hub-receipt-key")
    needed = {"journal": both, "receipt": both[1:], "export": both, "consistency": both[1:]}
    needed["proof"] = (both[1], "--slip")
    if not plain or len(plain) != 2 or plain[0] not in needed or not all(options[key] for key in needed[plain[0]]):
        print(__doc__.strip().split("\n\n")[1], file=sys.stderr)
        return 2
    try:
        receipt_key = Key(options["--hub-receipt-key"])
        if plain[0] == "receipt":
            found, problems = verify_receipt(plain[1], receipt_key, options["--journal"])
        elif plain[0] == "proof":
            slip = read_slip(options["--slip"])
            found, problems = told_of(
                lambda: check_proof(read_file(plain[1]), slip, receipt_key, options["--authority"]))
        elif plain[0] == "consistency":
            found, problems = told_of(lambda: check_consistency(read_file(plain[1]), receipt_key))
        elif plain[0] == "export":
            found, problems = verify_export(plain[1], Key(options["--device-key"]), receipt_key)
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
