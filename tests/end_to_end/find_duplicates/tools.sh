# What the tests of find_duplicates share, beside what all test scripts do.
#
# Usage of every test: <test>.sh <find_duplicates> [<hello_queue>]

source "$(dirname "${BASH_SOURCE[0]}")/../cases.sh"

export LC_ALL=C # paths are bytes

program=$(realpath "$1")

# -- running the program ---------------------------------------------------------

# search ARGUMENT...: standard output goes to the file "out", standard error to "err"
search() {
  status=0
  timeout --kill-after=5 120 "$program" "$@" > out 2> err || status=$?
}

# search_in_background ARGUMENT...: likewise; $searching is its process
search_in_background() {
  rm -f out err # before anybody looks for something in them
  "$program" "$@" > out 2> err &
  searching=$!
}

# wait_for_end: $status and $milliseconds of the search in the background
wait_for_end() {
  local begin=${EPOCHREALTIME/./}
  status=0
  wait "$searching" 2> /dev/null || status=$?
  milliseconds=$(((${EPOCHREALTIME/./} - begin) / 1000))
}

walk_is_finished() {
  [[ -s err ]] && grep -q '%' err
}

# -- expectations ----------------------------------------------------------------

expect_status() {
  [[ $status == "$1" ]] || fail "exit status $status instead of $1"
}

expect_error() {
  grep -qF -- "$1" err || fail "standard error lacks \"$1\""
}

expect_nothing_printed() {
  [[ ! -s out ]] || fail "something stands on standard output"
}

# expect_search_of STATUS DIR...: what was printed is what an independent count prints
expect_search_of() {
  expect_status "$1"
  independent_count "${@:2}" > expected
  expect_same out expected
}

# The count without find_duplicates: lines are sorted by the path, then, keeping
# that order, by the digest that is put before them and taken away in the end.
independent_count() {
  find "$@" -type f -print0 | sort --zero-terminated --unique | xargs -0r sha256sum -- \
    | sed -E 's/^(\\?)([0-9a-f]{64})/\2 \1\2/' | sort --stable --key=1,1 \
    | uniq --check-chars=64 --all-repeated | cut --bytes=66-
}

# -- trees -----------------------------------------------------------------------

# many_files COUNT DIR: files of ten lines, every tenth of them twice
many_files() {
  mkdir -p "$2"/{a,b,c/d}
  seq "$(($1 * 10))" | split --lines=10 --suffix-length=5 - "$2/a/"
  cp "$2"/a/*a "$2/b"
  cp "$2"/a/*b "$2/c/d"
}

# sparse_file SIZE FILE: takes no space, but long to read
sparse_file() {
  mkdir -p "$(dirname "$2")"
  truncate --size="$1" "$2"
}
