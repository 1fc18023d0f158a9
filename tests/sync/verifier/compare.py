#!/usr/bin/env python3
"""compare.py FOLDER: does verify.py find in each journal of FOLDER what the product found?

expected.txt has a line for each journal: its name, then what the product says: "SEQ:CODE" words in any order, or
"unreadable", or "any" when it is enough that something is found. Prints what differs; exit code 1 then.
"""

import functools
import sys
from collections import Counter
from pathlib import Path

import verify


def found_by_us(path, device_key, receipt_key):
    try:
        done = verify.verify_journal(path, device_key, receipt_key)
    except verify.Unreadable:
        return ["unreadable"]
    return sorted(f"{seq}:{code}" for seq, code in done.problems)


def main(folder):
    device_key, receipt_key = verify.Key(folder / "device.pub"), verify.Key(folder / "receipt.pub")
    # Most records are the same in all of these journals.
    verify.Key.verify = functools.lru_cache(maxsize=None)(verify.Key.verify)
    counts, differences = Counter(), 0
    for line in (folder / "expected.txt").read_text().splitlines():
        name, *expected = line.split()
        found = found_by_us(folder / name, device_key, receipt_key)
        same = bool(found) if expected == ["any"] else found == sorted(expected)
        counts["clean" if not found else "unreadable" if found == ["unreadable"] else "found"] += 1
        if not same:
            differences += 1
            print(f"{name}: the product says {expected}, verify.py says {found}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    return 1 if differences or not counts else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
