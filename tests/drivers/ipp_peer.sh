#!/bin/bash
# Our IPP client and a printer that is not ours: ippeveprinter of CUPS gets a job, byte by byte as we made it, and says
# that it is out. Needs root, for dbus and avahi; installs what it needs.
set -euo pipefail

[ $# = 1 ] || { echo "usage: tests/drivers/ipp_peer.sh FOLDER    where ipp_walk is" >&2; exit 2; }
walk=$1/ipp_walk
for program in ippeveprinter avahi-daemon dbus-daemon; do
  command -v "$program" >/dev/null || apt-get install -y -qq --no-install-recommends cups-ipp-utils avahi-daemon dbus >/dev/null
done
work=$(mktemp -d /tmp/bianmin-ipp.XXXXXX)
pids=()
clean_up() { [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"; }
trap clean_up EXIT

# A socket alone is no bus: whoever listened there may be gone.
bus_answers() { dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetId >/dev/null 2>&1; }
if ! bus_answers; then
  mkdir -p /run/dbus
  rm -f /run/dbus/system_bus_socket
  dbus-daemon --system --nofork --nopidfile 2>"$work/dbus" & pids+=($!)
  for _ in $(seq 50); do bus_answers && break; sleep 0.1; done
fi
if ! avahi-daemon --check 2>/dev/null; then
  avahi-daemon --no-drop-root --no-rlimits --no-chroot 2>"$work/avahi" & pids+=($!)
  for _ in $(seq 50); do avahi-daemon --check 2>/dev/null && break; sleep 0.1; done
fi

port=$((20000 + $$ % 20000))
mkdir "$work/spool"
ippeveprinter -d "$work/spool" -k -n localhost -p "$port" -f image/pwg-raster,image/jpeg,application/pdf -s 10 Bianmin \
  >"$work/printer" 2>&1 </dev/null & pids+=($!)
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done

"$walk" "$port" "$work/wanted" || { cat "$work/printer"; exit 1; }
received=$(find "$work/spool" -type f -name '*.pwg' | head -1)
[ -n "$received" ] || { echo "nothing received"; find "$work/spool"; cat "$work/printer"; exit 1; }
cmp "$work/wanted" "$received"
echo "ippeveprinter: $(stat -c %s "$received") bytes received as sent"
