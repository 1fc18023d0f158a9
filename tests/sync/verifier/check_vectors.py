#!/usr/bin/env python3
"""Are the whole records of tests/sync/vectors what verify.py takes for genuine? Exit code 1 when one is not."""

import base64
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import verify

PREFIX = {  # SubjectPublicKeyInfo in front of an uncompressed point
    "intl-1": "3059301306072a8648ce3d020106082a8648ce3d030107034200",
    "gm-1": "3059301306072a8648ce3d020106082a811ccf5501822d034200",
}


def key_of(profile, point):
    text = base64.encodebytes(bytes.fromhex(PREFIX[profile] + point)).decode()
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(f"-----BEGIN PUBLIC KEY-----\n{text}-----END PUBLIC KEY-----\n")
        file.flush()
        return verify.Key(file.name)


def head(major, value):
    for low, size in ((24, 1), (25, 2), (26, 4)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << 8 * size:
            return bytes([major << 5 | low]) + value.to_bytes(size, "big")
    raise ValueError(value)


def stick(kind, terminal_id, items):
    """A file for a USB stick, as WIRE.md describes it."""
    body = b"\xa6\x00" + head(3, 10) + b"bm-stick-1\x01" + head(0, kind) + b"\x02"
    body += head(3, len(terminal_id)) + terminal_id.encode() + b"\x03\x00\x04" + head(4, len(items))
    body += b"".join(head(2, len(item)) + item for item in items) + b"\x05\x58\x20"
    return body + hashlib.sha256(body).digest()


def problems_of(data, device, hub):
    with tempfile.NamedTemporaryFile(suffix=".records") as file:
        file.write(data)
        file.flush()
        return [code for _, code in verify.verify_export(file.name, device, hub)[1]]


def check_stick(device, hub, uploads, receipts):
    assert problems_of(stick(1, "T-0001", uploads), device, hub) == []
    assert problems_of(stick(2, "T-0001", receipts), device, hub) == []
    changed = [uploads[0][:-1] + bytes([uploads[0][-1] ^ 1]), *uploads[1:]]
    assert problems_of(stick(1, "T-0001", changed), device, hub) == ["journal.bad_payload"]
    assert problems_of(stick(1, "T-0002", uploads[:1]), device, hub) == ["journal.bad_envelope"]
    assert problems_of(stick(2, "T-0001", receipts), device, device) == ["receipt.bad_signature"] * len(receipts)
    assert problems_of(stick(1, "T-0001", uploads)[:-1], device, hub) == ["stick.torn"]
    assert problems_of(stick(3, "T-0001", uploads), device, hub) == ["stick.not_one"]


def check(profile, folder):
    """How many records are genuine; raises AssertionError for one that is not."""
    vectors = json.loads((folder / f"{profile}.json").read_text())
    device, hub = (key_of(profile, vectors[name]) for name in ("device_public", "hub_receipt_public"))
    checked = verify.ExportVerification(device, hub)
    for record in vectors["records"]:
        envelope, signature, payload = verify.read_upload(bytes.fromhex(record["upload"]))
        assert (envelope.hex(), signature.hex()) == (record["envelope"], record["signature"])
        assert device.digest(envelope).hex() == record["envelope_digest"]
        checked.check_record(bytes.fromhex(record["upload"]), verify.read_envelope(envelope)["terminal_id"])
        receipt = verify.genuine_receipt(hub, bytes.fromhex(record["receipt"]["signed"]))
        assert receipt and receipt["envelope_digest"] == device.digest(envelope)
        assert not device.verify(envelope + b"\0", signature)
    assert not checked.problems, checked.problems
    records = vectors["records"]
    check_stick(device, hub, [bytes.fromhex(each["upload"]) for each in records],
                [bytes.fromhex(each["receipt"]["signed"]) for each in records])
    return len(vectors["records"])


if __name__ == "__main__":
    for each in PREFIX:
        print(each, check(each, Path(sys.argv[1])), "records genuine")
