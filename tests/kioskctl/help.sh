#!/bin/bash
# Every command of kioskctl, and every program, says what it does when asked, and refuses what it does not know.
#   help.sh BINARIES
set -euo pipefail
cd "$1"
fail() { echo "help: $1" >&2; exit 1; }

commands=$(./kioskctl --help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 11 ] || fail "too few commands: $commands"
for command in $commands; do
  ./kioskctl "$command" --help | grep -q "^usage: kioskctl $command" || fail "$command --help"
  if ./kioskctl "$command" --no-such-option >/dev/null 2>&1 </dev/null; then fail "$command takes any option"; fi
done
for program in kiosk-hub kiosk-agent kiosk-terminal; do
  ./$program --help | grep -q "^usage: $program" || fail "$program --help"
done
echo "ok: $(wc -w <<<"$commands") commands, 3 programs"
