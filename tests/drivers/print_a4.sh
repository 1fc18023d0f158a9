#!/bin/bash
# kioskctl print-test --a4 on the emulated page printer: the page is told as printed, and its code is read back.
set -euo pipefail

kioskctl=$1 socket=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tell() { "$kioskctl" emulate --socket "$socket" "$@"; }

tell plug pageprinter
"$kioskctl" print-test --a4 | tee "$work/said"
grep -q '^printed: the printer confirmed the page$' "$work/said"
tell page receipts | grep -q 'whole 1 partial 0'
tell page save "$work/page.pgm"
if command -v zbarimg >/dev/null; then
  [ "$(zbarimg -q --raw "$work/page.pgm")" = 'BIANMIN PRINT TEST' ]
else
  echo 'skipped: no zbarimg (Debian package zbar-tools)'
fi
tell page paper out
"$kioskctl" print-test --a4 --to "$work/x" && exit 1 || [ $? = 2 ]
