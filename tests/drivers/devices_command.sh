#!/bin/bash
# kioskctl devices on an emulated kiosk: every device by its name, its state, its code and what that means.
#   devices_command.sh KIOSKCTL SOURCE CONF SOCKET
set -euo pipefail
kioskctl=$1 source=$2 conf=$3 socket=$4
cd "$source"
fail() { echo "devices: $1" >&2; exit 1; }

table=$("$kioskctl" devices --strings ui/strings)
echo "$table"
for name in id-card-reader receipt-printer code-scanner; do
  grep -Eq "$name +ready +ready" <<<"$table" || fail "$name is not ready"
done
grep -q 'smart-card-reader .*absent .*absent' <<<"$table" || fail 'the absent reader has no line'
grep -q 'measure 5 V at the port' <<<"$table" || fail 'no sentence for the technician'
grep -q '^ *module 05\.03-20260105-0000000042-0305419896$' <<<"$table" || fail 'no number of the security module'
[[ $(grep -c '^ *module ' <<<"$table") == 1 ]] || fail 'a device without a module has one'
"$kioskctl" devices --strings ui/strings --language zh-Hans | grep -q '连看三次才算' || fail 'no Chinese'
json=$("$kioskctl" devices --json --strings ui/strings)
grep -q '"sentence": "The device is open' <<<"$json" || fail 'no sentence in the JSON'
grep -q '"module": "05\.03-20260105-0000000042-0305419896"' <<<"$json" || fail 'no module in the JSON'
grep -q '"driver": "smart-card-reader"' <<<"$json" || fail 'a name is missing in the JSON'
# Without the words the codes stand alone.
bare=$(BIANMIN_STRINGS=/nonexistent "$kioskctl" devices 2>/dev/null)
grep -Eq 'receipt-printer +ready +ready' <<<"$bare" || fail 'no codes without the words'
if "$kioskctl" devices --colour >/dev/null 2>&1; then fail 'a wrong option is taken'; fi
# What a site has to name is nobody's without its kiosk.conf.
for device in pad lights contacts; do "$kioskctl" emulate --socket "$socket" plug $device >/dev/null; done
"$kioskctl" devices | grep -Eq '^1209:0005 +[^ ]+ +- ' || fail 'a keyboard is taken that nobody named'
table=$("$kioskctl" devices --config "$conf" --strings ui/strings)
for name in key-pad guide-lights cabinet-contacts; do
  grep -Eq "$name +ready +ready" <<<"$table" || fail "$name is not ready"
done
"$kioskctl" emulate --socket "$socket" door open >/dev/null
"$kioskctl" devices --config "$conf" | grep -q 'cabinet-contacts .*contacts.door_open' || fail 'the door is not told'
if "$kioskctl" devices --config /nonexistent 2>/dev/null; then fail 'a configuration that is not there is taken'; fi
echo "ok: all device names with state, code and sentence"
