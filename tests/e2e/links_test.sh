#!/bin/bash
# The two-process split, as the linker sees it: the agent has no devices and no screen, the terminal no network client,
# and nothing shipped holds the emulator.
# usage: links_test.sh BINARIES
set -euo pipefail
bin=$1
failed=0
never() {  # PROGRAM PATTERN WHY
  if ldd "$bin/$1" | grep -E "$2"; then echo "FAILED: $1 $3" >&2; failed=1; fi
}
never kiosk-agent 'libusb|libSDL|libX11|libcairo|libpango|libumockdev' 'is linked with devices or a screen'
never kiosk-hub 'libusb|libSDL|libX11|libcairo|libpango|libumockdev' 'is linked with devices or a screen'
never kiosk-terminal 'libcurl|libnghttp2|libumockdev' 'is linked with a network client or the emulator'
never kioskctl 'libcurl|libnghttp2|libumockdev' 'is linked with a network client or the emulator'
for program in kiosk-terminal kiosk-agent kiosk-hub kioskctl; do
  [ -x "$bin/$program" ] || { echo "FAILED: no $program" >&2; failed=1; }
done

# The agent starts and speaks without /dev/bus and without a display.
state=$(mktemp -d /tmp/bianmin-links-XXXXXX)
trap 'rm -rf "$state"' EXIT
"$bin/kiosk-hub" init "$state/hub" >/dev/null
"$bin/kiosk-hub" enrol "$state/hub" --terminal T1 --out "$state/terminal" >/dev/null
hide=
[ "$(id -u)" = 0 ] && [ -d /dev/bus ] && hide='mount -t tmpfs tmpfs /dev/bus;'
run=(sh -c "$hide exec timeout -s TERM 3 \"\$@\"" agent)
[ -n "$hide" ] && run=(unshare -m "${run[@]}")
env -u DISPLAY -u WAYLAND_DISPLAY "${run[@]}" "$bin/kiosk-agent" --config "$state/terminal/agent.conf" >"$state/agent.log" 2>&1 || true
grep -q '^ready' "$state/agent.log" || { echo "FAILED: the agent does not start alone" >&2; cat "$state/agent.log" >&2; failed=1; }
[ "$failed" = 0 ] && echo "ok: processes are split as they should be"
exit "$failed"
