# What the test scripts share. A test is a script that sources this file, defines
# functions whose names begin with "it_", and calls run_cases. Each of them runs in an
# empty directory of its own.

set -euo pipefail

scratch=$(mktemp -d)
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"

clean_up() {
  kill -KILL $(jobs -p) 2> /dev/null || true
  rm -rf "$scratch"
}
trap clean_up EXIT

run_cases() {
  for case in $(declare -F | sed -n 's/^declare -f \(it_.*\)/\1/p'); do
    echo "$case"
    mkdir "$scratch/$case"
    cd "$scratch/$case"
    "$case"
  done
}

fail() {
  echo "FAILED: $case: $*" >&2
  [[ ! -e err ]] || sed 's/^/  stderr: /' err >&2
  exit 1
}

# wait_until COMMAND...: asks twenty times a second, for a minute at most
wait_until() {
  for ((i = 0; i < 1200; ++i)); do
    ! "$@" || return 0
    sleep 0.05
  done
  fail "waited in vain for: $*"
}

expect_same() {
  cmp "$1" "$2" || fail "$1 and $2 differ"
}
