#!/bin/sh
# Runs test programs under valgrind: nothing read or written outside, nothing lost. They must be built without
# sanitizers. usage: valgrind.sh PROGRAM...
here=$(dirname "$0")
# Everything is some twenty times slower: the devices' waits too, or they would only test their own ends.
export BIANMIN_SLOWNESS=${BIANMIN_SLOWNESS:-20}
failed=0
for program in "$@"; do
  echo "valgrind: $(basename "$program")"
  valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --trace-children=no \
    --suppressions="$here/valgrind.supp" "$program" || failed=1
done
exit $failed
