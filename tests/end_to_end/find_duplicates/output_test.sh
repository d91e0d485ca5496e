#!/usr/bin/env bash
# What find_duplicates prints, compared with an independent count.

source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

it_prints_what_sha256sum_prints_for_files_of_any_name() {
  mkdir tree
  for name in plain ' blank ' $'new\nline' $'carriage\rreturn' 'back\slash' $'\\n' $'tab\t' \
    $'\xff\xfe' $'caf\xc3\xa9' --help -x '*' '"' "'" .hidden '[a,b]' '{}' '%%' 'a  b'; do
    echo same > "tree/$name"
    mkdir "tree/dir $name"
    echo "$name" > "tree/dir $name/first"
    echo "$name" > "tree/dir $name/second"
  done
  search tree
  expect_search_of 0 tree
}

it_finds_nothing_in_an_empty_directory() {
  mkdir tree
  search tree
  expect_status 0
  expect_nothing_printed
  expect_error '0 files'
}

it_compares_contents_of_every_size() {
  mkdir tree
  for size in 0 1 1048575 1048576 1048577 5000000; do
    head -c "$size" /dev/zero > "tree/$size"
    cp "tree/$size" "tree/$size.copy"
  done
  search tree
  expect_search_of 0 tree
  [[ $(wc -l < out) == 12 ]] || fail 'not every size was found'
}

it_ignores_what_is_neither_a_file_nor_a_directory() {
  mkdir tree
  echo same | tee tree/first > tree/second
  mkfifo tree/pipe
  perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; bind S, pack_sockaddr_un "tree/socket"'
  search tree /dev/null
  expect_status 1
  expect_error '/dev/null: neither a directory nor a regular file'
  independent_count tree > expected
  expect_same out expected
}

it_does_not_follow_symbolic_links_in_a_directory() {
  mkdir -p tree/below elsewhere
  echo same | tee tree/first tree/below/second > elsewhere/third
  ln -s ../elsewhere tree/directory
  ln -s .. tree/below/loop
  ln -s first tree/file
  ln -s nowhere tree/dangling
  search tree
  expect_search_of 0 tree
}

it_follows_symbolic_links_that_are_named() {
  mkdir tree
  echo same | tee tree/first > tree/second
  ln -s tree link
  ln -s tree/first copy
  search link
  expect_search_of 0 link/
  search link copy
  expect_search_of 0 link/
}

it_counts_a_file_once_however_often_it_is_named() {
  mkdir -p tree/below
  echo same | tee tree/first > tree/below/second
  search tree tree/below tree ./tree/ "$PWD/tree/below" tree/below/second
  expect_search_of 0 tree
}

it_takes_files_as_they_are_named() {
  echo same | tee first second > third
  search -- first third
  expect_search_of 0 first third
}

it_reads_directories_with_odd_names_from_the_command_line() {
  local all=(-x '[a,b]' '{}' '%%' 'a b' $'new\nline' $'\xff')
  for name in "${all[@]}"; do
    mkdir -- "$name"
    echo same > "./$name/file"
  done
  search -- "${all[@]}"
  expect_search_of 0 -files0-from <(printf '%s\0' "${all[@]}")
}

it_walks_as_deep_as_a_path_can_be() {
  local name
  name=$(printf '%0200d' 0)
  mkdir tree
  (
    cd tree
    for ((depth = 1; depth <= 25; ++depth)); do # 19 of them fit into 4096 bytes
      mkdir "$name" && cd "$name"
      [[ $depth -gt 15 ]] || echo same > file
    done
  )
  search tree
  expect_status 1
  expect_error 'File name too long'
  expect_error '1 could not be read'
  [[ $(wc -l < out) == 15 ]] || fail 'not every file was found'
}

it_does_not_look_into_its_own_journal() {
  mkdir tree
  echo same | tee tree/first > tree/second
  touch tree/empty
  independent_count tree > expected
  search --journal tree/journal.db tree
  expect_status 0
  expect_same out expected
  expect_error '3 files'
}

it_names_what_it_cannot_read_and_prints_the_rest() {
  mkdir tree
  echo same | tee tree/first > tree/second
  search tree nowhere /proc/self/mem
  expect_status 1
  independent_count tree > expected
  expect_same out expected
  expect_error '2 could not be read'
  expect_error '  nowhere: open: No such file or directory'
  expect_error '  /proc/self/mem: read: Input/output error'
  grep -qE '^ +walk .* 2 redelivered +1 dead-lettered$' err || fail 'it was not tried three times'
  grep -qE '^ +hash .* 2 redelivered +1 dead-lettered$' err || fail 'it was not tried three times'
}

it_sums_up_what_it_did() {
  many_files 100 tree
  search tree
  expect_search_of 0 tree
  local count
  count=$(find tree -type f | wc -l)
  expect_error "$count files"
  expect_error "$(wc -l < out) of them share"
  grep -qE "^ +hash +$count published +$count delivered +0 redelivered +0 dead-lettered$" err \
    || fail 'the hash queue did something else'
}

it_draws_progress_only_where_it_is_wanted() {
  many_files 100 tree
  search --progress always tree
  grep -q 'files/s' err || fail 'there is no progress'
  search --progress never tree
  ! grep -q 'files/s' err || fail 'there is progress'
  search tree
  ! grep -q 'files/s' err || fail 'there is progress, and no terminal'
  script --quiet --command "'$program' tree > out" err > /dev/null
  grep -q 'files/s' err || fail 'there is a terminal, and no progress'
}

it_leaves_nothing_behind_without_a_journal() {
  mkdir tree
  search tree
  expect_status 0
  [[ -z $(ls -A "$TMPDIR") ]] || fail 'there is something left'
}

it_begins_anew_when_the_search_in_the_journal_is_over() {
  many_files 50 tree
  search --journal journal.db tree
  expect_search_of 0 tree
  rm -r tree/b
  cp tree/a/aaaac tree/copy
  search --journal journal.db tree
  expect_search_of 0 tree
  mkdir other
  search --journal journal.db other
  expect_status 0
  expect_nothing_printed
}

it_uses_as_many_workers_as_it_is_told() {
  many_files 200 tree
  for workers in 1 16; do
    search --workers "$workers" tree
    expect_search_of 0 tree
  done
}

run_cases
