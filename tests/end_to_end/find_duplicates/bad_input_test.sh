#!/usr/bin/env bash
# What find_duplicates refuses: status 2, a text that says why, and nothing lost.

source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"
hello_queue=$(realpath "$2")

expect_refusal() {
  expect_status 2
  expect_nothing_printed
  expect_error "$1"
}

it_refuses_arguments_that_make_no_sense() {
  search
  expect_refusal 'DIR'
  search --unknown .
  expect_refusal '--unknown'
  for workers in 0 -1 1025 many ''; do
    search --workers "$workers" .
    expect_refusal '--workers'
  done
  search --progress sometimes .
  expect_refusal 'sometimes'
  search --journal '' .
  expect_refusal '--journal'
  search --journal
  expect_refusal '--journal'
  search . ''
  expect_refusal 'DIR'
}

it_explains_itself() {
  search --help
  expect_status 0
  grep -qF -- '--journal FILE' out || fail 'the help does not name --journal'
}

it_refuses_a_journal_that_cannot_be_created() {
  mkdir tree directory
  for place in nowhere/journal.db /proc/journal.db directory; do
    search --journal "$place" tree
    expect_refusal "$place"
  done
}

it_refuses_a_file_that_is_no_journal_and_does_not_touch_it() {
  mkdir tree
  echo 'not a journal' > notes.txt
  sqlite3 other.db 'CREATE TABLE notes(text); INSERT INTO notes VALUES(1)'
  for file in notes.txt other.db; do
    cp "$file" before
    search --journal "$file" tree
    expect_refusal "$file"
    expect_same "$file" before
  done
}

it_refuses_the_journal_of_another_program() {
  mkdir tree
  "$hello_queue" > /dev/null
  search --journal hello.db tree
  expect_refusal 'queue "orders" of another program'
  [[ $(sqlite3 -readonly hello.db 'SELECT count(*) FROM queue') == 2 ]] \
    || fail 'it declared queues there'
}

it_refuses_a_standard_output_that_takes_nothing() {
  many_files 50 tree
  status=0
  "$program" --journal journal.db tree 2> err >&- || status=$?
  touch out
  expect_refusal 'standard output'
  status=0
  "$program" --journal journal.db tree > /dev/full 2> err || status=$?
  expect_refusal 'No space left on device'
  search --journal journal.db tree # nothing is lost by that
  expect_search_of 0 tree
}

run_cases
