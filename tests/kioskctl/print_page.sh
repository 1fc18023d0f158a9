#!/bin/bash
# What `kioskctl print-test --to` writes is what `kioskctl print-preview` draws: usage, both papers, three models.
set -euo pipefail
kioskctl=$1/kioskctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "print_page: $1" >&2; exit 1; }

for arguments in "--paper 80" "--paper 58" "--paper 80 --model TM-T88V" "--paper 58 --model POS-58" "--paper 80 --model TH230"; do
  # shellcheck disable=SC2086
  "$kioskctl" print-test --to "$work/page.bin" $arguments >/dev/null || fail "print-test $arguments"
  # shellcheck disable=SC2086
  "$kioskctl" print-preview "$work/page.bin" "$work/page.png" --text $arguments >"$work/text" || fail "preview $arguments"
  grep -q '^1 slip' "$work/text" || fail "$arguments: not one slip"
  grep -q 'Print test' "$work/text" || fail "$arguments: no title"
  [ "$(head -c 4 "$work/page.png" | tail -c 3)" = PNG ] || fail "$arguments: no picture"
done
grep -q '打印测试' "$work/text" && fail "a printer without Chinese was sent Chinese"

"$kioskctl" print-test --models >"$work/models"
[ "$(wc -l <"$work/models")" -ge 30 ] || fail "few models"
grep -Eq '^Zjiang POS-5890 +32 +0  Chinese, QR drawn, bars drawn, no knife$' "$work/models" || fail "a model's line"

code=0; "$kioskctl" print-preview "$work/page.bin" 2>/dev/null || code=$?
[ $code = 2 ] || fail "one word is wrong usage"
code=0; "$kioskctl" print-preview "$work/page.bin" "$work/page.png" --paper 60 2>/dev/null || code=$?
[ $code = 2 ] || fail "such paper is wrong usage"
code=0; "$kioskctl" print-test --model TM-T88V 2>/dev/null || code=$?
[ $code = 2 ] || fail "a model without --to is wrong usage"
code=0; "$kioskctl" print-preview "$work/none.bin" "$work/page.png" 2>/dev/null || code=$?
[ $code = 3 ] || fail "a file that is not there cannot be done"
echo "print_page: five pages written and drawn"
