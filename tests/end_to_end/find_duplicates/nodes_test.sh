#!/usr/bin/env bash
# A search whose files are read by helpers: processes that come, go and are killed at
# random. It prints what a search alone prints.
#
# FERRY_SEED repeats a run.

source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

seed=${FERRY_SEED:-$SRANDOM}
RANDOM=$seed
echo "FERRY_SEED=$seed"
helpers=()

# start_search ARGUMENT...: one that helpers can find at $port
start_search() {
  search_in_background --serve "127.0.0.1:$port" "$@"
  wait_until lets_helpers_in
  port=$(sed -n 's/.*helpers are let in at port \([0-9]*\)$/\1/p' err)
}

lets_helpers_in() {
  grep -qs 'helpers are let in' err
}

is_searching() {
  kill -0 "$searching" 2> /dev/null
}

# start_helper PLACE ARGUMENT...: one that was started elsewhere
start_helper() {
  (cd / && exec "$program" --join "127.0.0.1:$port" "${@:2}") 2>> "$1.helper" &
  helpers[$1]=$!
}

# end_helper SIGNAL PLACE: $status is what it ended with
end_helper() {
  kill "-$1" "${helpers[$2]}" 2> /dev/null || true
  status=0
  wait "${helpers[$2]}" 2> /dev/null || status=$?
}

# Names that are relative, absolute, links, and one that cannot be read.
make_trees() {
  many_files 2000 tree
  mkdir other
  cp tree/a/aaaab tree/a/aaaac other
  echo same > $'tree/new\nline'
  ln -s tree link
  for ((i = 0; i < 100; ++i)); do
    sparse_file 20M "tree/large/$i"
  done
  trees=(tree "$PWD/other" nowhere)
  search "${trees[@]}"
  expect_status 1
  mv out alone
  independent_count tree "$PWD/other" > expected
  expect_same alone expected
}

expect_the_same() {
  wait_for_end
  expect_status 1
  expect_same out alone
  expect_error '1 could not be read'
  expect_error '  nowhere: '
}

# kill_after LIMIT PLACE: a helper dies within LIMIT ms, and another takes its place
kill_after() {
  sleep "$(printf '0.%03d' $((RANDOM % $1)))"
  end_helper KILL "$2"
  start_helper "$2" --workers 1
  killed=$((killed + 1))
}

# The first ones die early and one after another: without a helper nothing goes on, so
# the search lasts longer than they live, on a machine of any speed.
it_prints_the_same_however_many_helpers_are_killed() {
  port=0
  make_trees
  local killed=0
  start_search --workers 0 --journal journal.db "${trees[@]}"
  start_helper 0 --workers 1
  while [[ $killed -lt 5 ]]; do
    is_searching || fail 'it was over before five were killed'
    kill_after 100 0
  done
  start_helper 1 --workers 1
  start_helper 2 --workers 1
  while is_searching; do
    kill_after 300 $((RANDOM % 3))
  done
  expect_the_same
  for place in 0 1 2; do
    end_helper KILL $place
  done
  echo "killed $killed helpers"
}

it_goes_on_with_its_helpers_when_the_search_is_killed() {
  port=0
  make_trees
  start_search --workers 0 --journal journal.db "${trees[@]}"
  start_helper 0 --workers 1
  start_helper 1 --workers 2
  local killed=0
  while [[ $killed -lt 5 ]]; do
    sleep "$(printf '0.%03d' $((RANDOM % 200)))"
    kill -KILL "$searching" 2> /dev/null || break
    wait_for_end
    [[ $status == 137 ]] || fail 'it was over before it was killed'
    killed=$((killed + 1))
    start_search --workers 0 --journal journal.db "${trees[@]}"
  done
  [[ $killed -ge 2 ]] || fail 'it was over before it was killed twice'
  expect_the_same
  end_helper TERM 0
  end_helper TERM 1
}

it_shares_the_work_with_helpers_and_needs_none() {
  port=0
  make_trees
  start_search --workers 1 "${trees[@]}"
  start_helper 0
  expect_the_same
  port=0
  start_search "${trees[@]}"
  expect_the_same
  end_helper TERM 0
}

it_helps_one_search_after_another() {
  port=0
  many_files 100 first
  many_files 200 second
  start_search --workers 0 first
  start_helper 0
  wait_for_end
  expect_search_of 0 first
  start_search --workers 0 --journal journal.db second
  wait_for_end
  expect_search_of 0 second
  end_helper INT 0
  expect_status 0
}

it_keeps_helpers_away_from_its_journal() {
  port=0
  many_files 20 tree
  independent_count tree > expected
  start_search --workers 0 --journal tree/journal.db tree
  start_helper 0
  wait_for_end
  expect_status 0
  expect_same out expected
  end_helper TERM 0
}

it_lets_in_only_who_has_the_token() {
  port=0
  many_files 20 tree
  start_search --workers 0 --token 'a token that is long' tree
  start_helper 0
  status=0
  wait "${helpers[0]}" || status=$?
  expect_status 2
  grep -qF 'neither a token nor a certificate' 0.helper || fail "$(cat 0.helper)"
  start_helper 1 --token 'a token that is long'
  wait_for_end
  expect_search_of 0 tree
  end_helper TERM 1
  expect_status 0
}

it_refuses_what_makes_no_sense() {
  mkdir tree
  for given in '--join 127.0.0.1:1 tree' '--join 127.0.0.1:1 --journal journal.db' \
    '--join nowhere' '--serve 4040 tree' '--serve 127.0.0.1:70000 tree' '--serve 0.0.0.0:0 tree' \
    '--serve 127.0.0.1:0 --join 127.0.0.1:1'; do
    search $given
    expect_status 2
    expect_nothing_printed
  done
  expect_error 'excludes'
}

run_cases
