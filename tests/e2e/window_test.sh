#!/bin/bash
# The shipped terminal in a real X11 window, touched by a real mouse click (xdotool) under Xvfb.
# usage: window_test.sh BINARIES SOURCE
set -euo pipefail
bin=$1 source=$2
site=$(mktemp -d /tmp/bianmin-window-XXXXXX)
pids=()
cleanup() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$site"; }
trap cleanup EXIT
fail() { echo "FAILED: $1" >&2; for log in "$site"/*.log; do echo "-- $log"; tail -n 20 "$log"; done >&2; exit 1; }

exec 3<>"$site/display"
Xvfb -displayfd 3 -screen 0 1920x2000x24 -nolisten tcp >"$site/xvfb.log" 2>&1 & pids+=($!)
for _ in $(seq 100); do [ -s "$site/display" ] && break; sleep 0.1; done
export DISPLAY=":$(head -1 "$site/display")"
"$bin/kiosk-hub" init "$site/hub" >"$site/tool.log" 2>&1
"$bin/kiosk-hub" enrol "$site/hub" --terminal T0000001 --out "$site/terminal" >>"$site/tool.log" 2>&1
cat >"$site/kiosk.conf" <<END
terminal_id = T0000001
site_name = 柳溪镇便民服务中心
help_phone = 12345
state_dir = $site/terminal
catalogue_dir = $source/terminal/catalogue
resource_dir = $source/ui
full_screen = no
END
export BIANMIN_EMULATOR=$site/devices.sock
env SDL_VIDEODRIVER=x11 "$bin/kiosk-emulator" --control "$BIANMIN_EMULATOR" -- \
  "$bin/kiosk-terminal" --config "$site/kiosk.conf" >"$site/terminal.log" 2>&1 & pids+=($!)

window=
for _ in $(seq 150); do window=$(xdotool search --onlyvisible --class kiosk-terminal 2>/dev/null | head -1) && [ -n "$window" ] && break; sleep 0.1; done
[ -n "$window" ] || fail "no window"
eval "$(xdotool getwindowgeometry --shell "$window")"
# The first tile: about two thirds down the page. Who clicks before the page is there clicks again.
begun() { grep -q 'session begun service=pension-confirmation' "$site/terminal.log"; }
for _ in $(seq 10); do
  xdotool mousemove --window "$window" $((WIDTH / 2)) $((HEIGHT * 67 / 100)) click 1
  for _ in $(seq 20); do begun && break 2; sleep 0.1; done
done
grep -q 'session begun service=pension-confirmation' "$site/terminal.log" || fail "the click did nothing"

# The devices are worked by hand from another shell.
"$bin/kioskctl" emulate status
"$bin/kioskctl" emulate card on grandma
"$bin/kioskctl" emulate paper out
"$bin/kioskctl" emulate paper in
"$bin/kioskctl" emulate card off
[ -z "${BIANMIN_SHOT:-}" ] || import -window "$window" "$BIANMIN_SHOT"

echo "ok: ${WIDTH}x${HEIGHT} window, a click chose the service, devices worked by hand"
