#!/usr/bin/env bash
# A broker, producers and consumers in processes of their own, of which each is killed
# in turn: what came out of them is compared.
#
# Usage: three_terminals_test.sh <folder of the sources> <broker> <producer> <consumer>

source "$(dirname "${BASH_SOURCE[0]}")/../cases.sh"

sources=$(realpath "$1")
declare -A program=([broker_node]=$(realpath "$2") [producer_node]=$(realpath "$3")
  [consumer_node]=$(realpath "$4"))
declare -A process=()
port=0

# -- running the programs ----------------------------------------------------------

# start NAME PROGRAM ARGUMENT...: its lines are added to the file NAME
start() {
  touch "$1"
  "${program[$2]}" "${@:3}" >> "$1" 2>&1 &
  process[$1]=$!
}

# start_broker ARGUMENT...: at the port where it was before, if any
start_broker() {
  local before
  touch broker
  before=$(grep -c '^serving' broker || true)
  start broker broker_node --journal shop.db --port "$port" "$@"
  wait_until has_lines broker '^serving' $((before + 1))
  port=$(sed -n 's/^serving .*:\([0-9]*\)$/\1/p' broker | tail -n 1)
}

# end SIGNAL NAME: $status is what it ended with
end() {
  kill "-$1" "${process[$2]}" 2> /dev/null || true
  wait_for_end "$2"
}

wait_for_end() {
  status=0
  wait "${process[$1]}" 2> /dev/null || status=$?
}

# has_lines FILE PATTERN COUNT: that many or more
has_lines() {
  [[ $(grep -cE -- "$2" "$1") -ge $3 ]]
}

receipts() {
  has_lines "$1" ' is synced$' "$2"
}

# -- what came out -------------------------------------------------------------------

# confirmed FILE, handled NAME FILE...: the numbers, sorted, each as often as it stands there
confirmed() {
  sed -n 's/^order \([0-9]*\) is synced$/\1/p' "$1" | sort -n
}

handled() {
  sed -n "s/^order \([0-9]*\) of $1, attempt [0-9]*\$/\1/p" "${@:2}" | sort -n
}

has_handled_all() {
  [[ $(handled "${@:2}" | uniq | wc -l) -ge $1 ]]
}

expect_status() {
  [[ $status == "$1" ]] || fail "exit status $status instead of $1"
}

expect_line() {
  grep -qF -- "$2" "$1" || fail "$1 lacks \"$2\": $(cat "$1")"
}

# expect_numbers COUNT: standard input is 1 to COUNT
expect_numbers() {
  diff <(seq "$1") - > difference || fail "not 1 to $1: $(head -n 5 difference)"
}

# -- head comments -------------------------------------------------------------------

# What a head comment says is printed, and by which command.
expected_output() {
  awk '/^\/\/ Expected output/ { on = 1; next }
       on && /^\/\/   / { print substr($0, 6); next }
       on && !/^\/\/$/ { exit }' "$sources/$1.cpp"
}

command_of() {
  sed -n "s/^\/\/   $1 //p" "$sources/$1.cpp" | head -n 1
}

# run_as_told PROGRAM: with the arguments of its head comment, but for the port
run_as_told() {
  local arguments
  read -ra arguments <<< "$(command_of "$1" | sed "s/4040/$port/")"
  start "$1" "$1" "${arguments[@]}"
}

# as_in_comments FILE: with the ports that stand there
as_in_comments() {
  sed -E "s/:$port\$/:4040/; s/(127\.0\.0\.1):[0-9]+ is/\1:50000 is/" "$1"
}

it_prints_what_the_head_comments_say() {
  port=0
  run_as_told broker_node
  wait_until has_lines broker_node '^serving' 1
  port=$(sed -n 's/^serving .*:\([0-9]*\)$/\1/p' broker_node)
  for name in producer_node consumer_node; do
    run_as_told "$name"
    wait_for_end "$name"
    expect_status 0
    wait_until has_lines broker_node "${name%_node}.* is gone" 1
  done
  end TERM broker_node
  expect_status 0
  for name in broker_node producer_node consumer_node; do
    as_in_comments "$name" > printed
    expected_output "$name" > expected
    diff expected printed >&2 || fail "$name prints something else"
  done
}

# -- deaths --------------------------------------------------------------------------

it_goes_on_where_it_was_when_the_broker_is_killed_or_stopped() {
  port=0
  start_broker
  start producer producer_node "127.0.0.1:$port" --rate 2000 --count 6000
  start consumer consumer_node "127.0.0.1:$port"
  for signal in KILL TERM KILL INT; do
    local before
    before=$(confirmed producer | wc -l)
    wait_until receipts producer $((before + 500))
    end "$signal" broker
    start_broker
  done
  wait_for_end producer
  expect_status 0
  expect_line producer '6000 of 6000 orders are confirmed'
  confirmed producer | expect_numbers 6000
  wait_until has_handled_all 6000 producer consumer
  end INT consumer
  expect_status 0
  handled producer consumer | uniq | expect_numbers 6000
  expect_line producer 'is not connected'
  expect_line consumer 'is not connected'
}

it_gives_the_orders_of_a_killed_consumer_to_others() {
  port=0
  local names=()
  start_broker
  start stays consumer_node "127.0.0.1:$port" --work 1
  start producer producer_node "127.0.0.1:$port" --rate 1000 --count 3000
  for name in first second third; do
    names+=("$name")
    start "$name" consumer_node "127.0.0.1:$port" --name "$name" --work 1
    wait_until has_lines "$name" '^order' 50
    end KILL "$name"
  done
  wait_for_end producer
  expect_line producer '3000 of 3000 orders are confirmed'
  wait_until has_handled_all 3000 producer stays "${names[@]}"
  end INT stays
  handled producer stays "${names[@]}" | uniq | expect_numbers 3000
  local twice
  twice=$(handled producer stays "${names[@]}" | uniq --repeated | wc -l)
  [[ $twice -le 48 ]] || fail "$twice orders were handled twice, and three consumers held 16 each"
  [[ -z $(handled producer stays | uniq --repeated) ]] || fail 'one consumer had an order twice'
}

it_sends_what_a_killed_producer_left_in_its_outbox() {
  port=0
  start_broker
  start consumer consumer_node "127.0.0.1:$port"
  start killed producer_node "127.0.0.1:$port" --name killed --outbox box.db --rate 0
  wait_until receipts killed 2000
  end KILL killed
  start next producer_node "127.0.0.1:$port" --name next --outbox box.db --count 10
  wait_for_end next
  expect_line next '10 of 10 orders are confirmed'
  wait_until has_handled_all 10 next consumer
  confirmed killed > promised
  wait_until has_handled_all "$(tail -n 1 promised)" killed consumer
  end INT consumer
  handled killed consumer > seen
  [[ -z $(uniq --repeated seen) ]] || fail 'an order was stored twice'
  expect_numbers "$(wc -l < seen)" < seen
}

it_waits_for_a_broker_that_is_not_there_yet_and_stops_meanwhile() {
  port=1
  start producer producer_node "127.0.0.1:$port"
  wait_until has_lines producer 'is dialed again' 1
  end INT producer
  expect_status 0
}

# -- who is let in -------------------------------------------------------------------

it_lets_nobody_in_without_the_token() {
  port=0
  start_broker --token 'a token that is long'
  start stranger producer_node "127.0.0.1:$port" --count 1
  wait_for_end stranger
  expect_status 1
  expect_line stranger 'has neither a token nor a certificate'
  start known producer_node "127.0.0.1:$port" --count 1 --token 'a token that is long'
  wait_for_end known
  expect_status 0
  expect_line known '1 of 1 orders are confirmed'
  expect_line broker 'node "producer" at 127.0.0.1'
  end TERM broker
}

it_refuses_nodes_of_another_cluster() {
  port=0
  start_broker --cluster harbour
  start stranger consumer_node "127.0.0.1:$port" --count 1
  wait_for_end stranger
  expect_status 1
  expect_line stranger 'harbour'
  end TERM broker
}

# make_certificate NAME: as docs/security.md does
make_certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
    -keyout "$1.key" -out "$1.csr" 2> /dev/null
  openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -CAcreateserial -days 1 \
    -out "$1.pem" 2> /dev/null
}

it_knows_nodes_by_their_certificates() {
  port=0
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj '/CN=cluster' \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout authority.key -out authority.pem 2> /dev/null
  make_certificate broker1
  make_certificate shop
  start_broker --certificate broker1.pem --key broker1.key --authority authority.pem
  start shop producer_node "127.0.0.1:$port" --count 1 --certificate shop.pem --key shop.key \
    --authority authority.pem
  wait_for_end shop
  expect_status 0
  expect_line shop '1 of 1 orders are confirmed'
  expect_line broker 'is connected as client "shop"'
  start stranger producer_node "127.0.0.1:$port" --count 1
  wait_until has_lines stranger 'is not connected|connect' 1
  end INT stranger
  end TERM broker
}

it_listens_beyond_loopback_only_with_tls_or_insecure() {
  start closed broker_node --address 0.0.0.0 --port 0
  wait_for_end closed
  expect_status 1
  expect_line closed 'insecure'
  start open broker_node --address 0.0.0.0 --port 0 --insecure
  wait_until has_lines open '^serving memory queues' 1
  end TERM open
  expect_status 0
}

it_explains_itself() {
  for name in broker_node producer_node consumer_node; do
    "${program[$name]}" --help > help || fail "$name --help fails"
    for option in --certificate --key --authority --token --cluster; do
      grep -qF -- "$option" help || fail "$name --help lacks $option"
    done
    start wrong "$name" --no-such-option
    wait_for_end wrong
    [[ $status -ne 0 ]] || fail "$name takes any option"
  done
}

run_cases
