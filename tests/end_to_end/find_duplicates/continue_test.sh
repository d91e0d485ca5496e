#!/usr/bin/env bash
# A search that is interrupted and continued. Takes real time: files are large
# enough that the signal comes while they are read.

source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

# interrupted_search SIGNAL ARGUMENT...: as soon as the last directory was listed
interrupted_search() {
  search_in_background --progress always "${@:2}"
  wait_until walk_is_finished
  kill "-$1" "$searching"
  wait_for_end
  expect_status 130
  expect_nothing_printed
  [[ $milliseconds -lt 1000 ]] || fail "it took $milliseconds ms to stop"
}

it_stops_within_a_second_and_continues() {
  many_files 200 tree
  sparse_file 10G tree/large
  for signal in INT TERM INT; do
    interrupted_search "$signal" --journal journal.db tree
    expect_error 'run the same command again'
  done
  truncate --size=1M tree/large
  search --journal journal.db tree
  expect_search_of 0 tree
}

it_stops_within_a_second_even_when_the_disk_does_not_answer() {
  many_files 10000 tree
  sparse_file 10G tree/large
  search_in_background --progress always --journal journal.db tree
  coproc sqlite3 journal.db 2>&1 # opens the file when it is asked something
  wait_until walk_is_finished
  until journal_is_locked; do sleep 0.002; done
  kill -INT "$searching"
  kill -CONT "$searching"
  wait_for_end
  kill "$COPROC_PID"
  expect_status 130
  expect_nothing_printed
  expect_error 'not waiting for the disk'
  [[ $milliseconds -lt 1000 ]] || fail "it took $milliseconds ms to stop"
  truncate --size=1M tree/large
  search --journal journal.db tree
  expect_search_of 0 tree
}

# Stops the search outside of a commit, and lets no other commit begin.
journal_is_locked() {
  local answer
  kill -STOP "$searching"
  printf '%s\n' 'BEGIN IMMEDIATE;' "SELECT 'locked by us';" >&"${COPROC[1]}"
  read -r answer <&"${COPROC[0]}"
  [[ $answer != 'locked by us' ]] || return 0
  kill -CONT "$searching"
  read -r answer <&"${COPROC[0]}" # behind the error
  return 1
}

it_leaves_nothing_behind_when_it_is_interrupted_without_a_journal() {
  sparse_file 10G tree/large
  interrupted_search INT tree
  expect_error 'with --journal FILE'
  [[ -z $(ls -A "$TMPDIR") ]] || fail 'there is something left'
}

it_names_a_file_that_vanished_meanwhile() {
  sparse_file 10G a/large
  mkdir -p other/below
  echo same | tee other/first other/second > other/below/victim
  interrupted_search INT --workers 1 --journal journal.db a other
  rm -r other/below
  truncate --size=1 a/large
  search --workers 1 --journal journal.db a other
  expect_search_of 1 a other
  expect_error '  other/below/victim: open: No such file or directory'
}

it_refuses_to_continue_a_search_of_other_directories() {
  sparse_file 10G tree/large
  mkdir other
  echo same | tee other/first > other/second
  interrupted_search INT --journal journal.db tree other
  for given in tree other 'tree other another' './tree other'; do
    search --journal journal.db $given
    expect_status 2
    expect_nothing_printed
    expect_error 'unfinished search of "other", "tree"'
  done
  mkdir below
  cd below
  search --journal ../journal.db tree other # relative to another directory
  expect_status 2
  cd ..
  truncate --size=1M tree/large
  search --journal journal.db other tree other # the same, in other words
  expect_search_of 0 tree other
}

it_refuses_a_journal_that_is_in_use() {
  sparse_file 10G tree/large
  search_in_background --progress always --journal journal.db tree
  wait_until walk_is_finished
  local first=$searching
  mv err first.err
  search --journal journal.db tree
  expect_status 2
  expect_error "in use by process $first"
  kill -TERM "$first"
  searching=$first
  wait_for_end
  expect_status 130
}

it_prints_everything_again_when_its_reader_did_not_take_it() {
  many_files 8000 tree
  mkfifo pipe
  exec 9<> pipe # a reader that never reads
  independent_count tree > expected
  [[ $(stat --format=%s expected) -gt 65536 ]] || fail 'all of it fits into the pipe'
  for signal in INT KILL; do
    "$program" --journal journal.db tree > pipe 2> err &
    searching=$!
    wait_until pipe_is_full "$searching"
    kill "-$signal" "$searching"
    wait_for_end
    expect_status $((128 + $(kill -l "$signal")))
    [[ $milliseconds -lt 1000 ]] || fail "it took $milliseconds ms to stop"
  done
  exec 9>&-
  status=0
  "$program" --journal journal.db tree 2> err | head -n 1 > out || status=${PIPESTATUS[0]}
  expect_status 2
  expect_error 'Broken pipe'
  search --journal journal.db tree
  expect_status 0
  expect_same out expected
}

# Its process waits in poll for a pipe that takes nothing more.
pipe_is_full() {
  perl -e 'use Fcntl; my $ready = ""; vec($ready, 9, 1) = 1;
           open my $pipe, ">&=", 9 or die; exit(select(undef, $ready, undef, 0) == 0 ? 0 : 1)'
}

run_cases
