#!/usr/bin/env bash
# A search that is killed with SIGKILL at random moments, over and over, prints in
# the end what an uninterrupted one prints.
#
# FERRY_SEED repeats a run; FERRY_KILLS says how often it is killed.

source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

seed=${FERRY_SEED:-$SRANDOM}
kills=${FERRY_KILLS:-25}
RANDOM=$seed

# killed_search MILLISECONDS ARGUMENT...: fails when it came to its end before
killed_search() {
  search_in_background "${@:2}"
  sleep "$(printf '0.%03d' "$1")"
  kill -KILL "$searching" 2> /dev/null || true
  wait_for_end
  [[ $status == 137 ]]
}

it_prints_the_same_however_often_it_was_killed() {
  echo "FERRY_SEED=$seed"
  many_files 3000 tree
  sparse_file 30M tree/large
  cp --sparse=always tree/large tree/large.copy
  ln -s tree tree/link
  independent_count tree nowhere > expected 2> /dev/null || true
  local killed=0 finished=0
  while [[ $killed -lt $kills ]]; do
    if killed_search $((RANDOM % 400)) --journal journal.db tree nowhere; then
      killed=$((killed + 1))
    else
      finished=$((finished + 1))
      expect_status 1
      expect_same out expected
      expect_error '1 could not be read'
    fi
  done
  search --journal journal.db tree nowhere
  expect_status 1
  expect_same out expected
  expect_error '1 could not be read'
  expect_error '  nowhere: '
  echo "killed $killed times, came to its end $((finished + 1)) times"
}

run_cases
