#!/usr/bin/env python3
"""compare_proofs.py FOLDER: does verify.py say of each damaged proof in FOLDER what the product said?

expected.txt has a line for each: "FILE AT FLIP CODE": the byte AT of FILE is changed by FLIP (0: it is whole), and the
product says CODE, or "ok". Of a code that begins with "stamp." it is enough that the stamp is refused. A file with
"consistency" in its name is one. Prints what differs; exit code 1 then.
"""

import functools
import sys
from collections import Counter
from pathlib import Path

import verify


def main(folder):
    key = verify.Key(folder / "receipt.pub")
    slip = verify.read_slip((folder / "slip.txt").read_text())
    verify.Key.verify = functools.lru_cache(maxsize=None)(verify.Key.verify)
    counts, differences = Counter(), 0
    for line in (folder / "expected.txt").read_text().splitlines():
        name, at, flip, expected = line.split()
        data = bytearray((folder / name).read_bytes())
        data[int(at)] ^= int(flip)
        authority = str(folder / "root.crt") if "stamped" in name else None
        if "consistency" in name:
            _, problems = verify.told_of(lambda: verify.check_consistency(bytes(data), key))
        else:
            _, problems = verify.told_of(lambda: verify.check_proof(bytes(data), slip, key, authority))
        found = problems[0][1] if problems else "ok"
        counts[found] += 1
        if expected.split(".")[0] != found.split(".")[0] or (expected != found and not found.startswith("stamp.")):
            differences += 1
            print(f"{line}: verify.py says {found}")
    print(", ".join(f"{count} {code}" for code, count in sorted(counts.items())))
    return 1 if differences or not counts else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
