// RabbitMQ through librabbitmq. A publisher keeps a window of unconfirmed persistent
// messages full, a consumer on a second connection acks many at once. The clock stops
// when everything is confirmed and the broker has taken the last ack.

#include "../arrivals.hpp"
#include "peer_message.hpp"
#include "peers.hpp"

#include <fmt/format.h>

#include <amqp.h>
#include <amqp_tcp_socket.h>

#include <future>
#include <set>

namespace ferry::benchmarks {

namespace {

constexpr auto window = std::size_t{1024};     // unconfirmed messages
constexpr auto prefetch = std::uint16_t{2048}; // unacked messages
constexpr auto ack_every = std::uint64_t{256}; // one ack for so many
constexpr auto patience = timeval{60, 0};      // then something was lost
constexpr auto channel = amqp_channel_t{1};    // the only one of a connection

amqp_bytes_t queue_name() {
  return amqp_cstring_bytes("ferry_bench");
}

/// A connection with one channel.
class amqp_connection {
public:
  amqp_connection() {
    auto* socket = amqp_tcp_socket_new(state_);
    if (amqp_socket_open(socket, "127.0.0.1", port_in("FERRY_BENCH_RABBITMQ_PORT"))
        != AMQP_STATUS_OK)
      throw wrong_run("RabbitMQ does not answer");
    check(amqp_login(state_, "/", 0, AMQP_DEFAULT_FRAME_SIZE, 0, AMQP_SASL_METHOD_PLAIN, "guest",
                     "guest"));
    amqp_channel_open(state_, channel);
    check(amqp_get_rpc_reply(state_));
  }

  amqp_connection(const amqp_connection&) = delete;
  amqp_connection& operator=(const amqp_connection&) = delete;

  ~amqp_connection() {
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(state_);
  }

  [[nodiscard]] amqp_connection_state_t state() const {
    return state_;
  }

  /// After calls that ask the broker something.
  void check_reply() const {
    check(amqp_get_rpc_reply(state_));
  }

  static void check(const amqp_rpc_reply_t& reply) {
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
      throw wrong_run(fmt::format("RabbitMQ refused something, or said nothing for a minute ({})",
                                  amqp_error_string2(reply.library_error)));
  }

private:
  amqp_connection_state_t state_ = amqp_new_connection();
};

/// Publishes persistent messages and knows which are not confirmed yet.
class confirmed_publisher {
public:
  confirmed_publisher() {
    amqp_confirm_select(connection_.state(), channel);
    connection_.check_reply();
    properties_._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties_.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  }

  void publish(peer_message& message) {
    if (unconfirmed_.size() >= window)
      wait_until_unconfirmed(window / 2);
    auto body = amqp_bytes_t{message.size(), message.data()};
    if (amqp_basic_publish(connection_.state(), channel, amqp_empty_bytes, queue_name(), 0, 0,
                           &properties_, body)
        != AMQP_STATUS_OK)
      throw wrong_run("RabbitMQ took no more messages");
    unconfirmed_.insert(++last_tag_);
  }

  void wait_until_unconfirmed(std::size_t most) {
    while (unconfirmed_.size() > most)
      read_confirm();
    amqp_maybe_release_buffers(connection_.state());
  }

private:
  void read_confirm() {
    auto frame = amqp_frame_t{};
    if (amqp_simple_wait_frame_noblock(connection_.state(), &frame, &patience) != AMQP_STATUS_OK)
      throw wrong_run("RabbitMQ confirmed nothing for a minute");
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
      throw wrong_run("RabbitMQ did not confirm");
    const auto& ack = *static_cast<const amqp_basic_ack_t*>(frame.payload.method.decoded);
    if (ack.multiple != 0)
      unconfirmed_.erase(unconfirmed_.begin(), unconfirmed_.upper_bound(ack.delivery_tag));
    else
      unconfirmed_.erase(ack.delivery_tag);
  }

  amqp_connection connection_;
  amqp_basic_properties_t properties_{};
  std::set<std::uint64_t> unconfirmed_;
  std::uint64_t last_tag_ = 0;
};

/// Takes messages, checks their numbers, and acks.
class acking_consumer {
public:
  explicit acking_consumer(const settings& given) : given_(given) {
    amqp_basic_qos(connection_.state(), channel, 0, prefetch, 0);
    connection_.check_reply();
    amqp_basic_consume(connection_.state(), channel, queue_name(), amqp_empty_bytes, 0, 0, 0,
                       amqp_empty_table);
    connection_.check_reply();
  }

  /// Returns when the broker has taken the last ack.
  void take_all(std::size_t bytes) {
    auto arrivals = ordered_arrivals{1, given_.messages};
    for (auto count = std::uint64_t{1}; count <= given_.messages; ++count)
      take(bytes, arrivals, count % ack_every == 0 || count == given_.messages);
    arrivals.verify();
    verify_nothing_is_left();
  }

private:
  void take(std::size_t bytes, ordered_arrivals& arrivals, bool ack) {
    auto envelope = amqp_envelope_t{};
    amqp_maybe_release_buffers(connection_.state());
    amqp_connection::check(amqp_consume_message(connection_.state(), &envelope, &patience, 0));
    const auto& body = envelope.message.body;
    arrivals.arrived(0, number_in(body.bytes, body.len, bytes));
    if (ack)
      amqp_basic_ack(connection_.state(), channel, envelope.delivery_tag, 1);
    amqp_destroy_envelope(&envelope);
  }

  void verify_nothing_is_left() {
    auto* queue =
      amqp_queue_declare(connection_.state(), channel, queue_name(), 1, 1, 0, 0, amqp_empty_table);
    connection_.check_reply();
    if (queue->message_count != 0)
      throw wrong_run(fmt::format("{} messages are left", queue->message_count));
  }

  const settings& given_;
  amqp_connection connection_;
};

/// An empty durable queue for as long as this lives.
class durable_queue {
public:
  durable_queue() {
    amqp_queue_declare(connection_.state(), channel, queue_name(), 0, 1, 0, 0, amqp_empty_table);
    connection_.check_reply();
  }

  ~durable_queue() {
    amqp_queue_delete(connection_.state(), channel, queue_name(), 0, 0);
  }

private:
  amqp_connection connection_;
};

} // namespace

outcome rabbitmq_round_trip(const settings& given) {
  auto queue = durable_queue{};
  auto publisher = confirmed_publisher{};
  auto consumer = acking_consumer{given};
  auto message = peer_message{given.payload_bytes};

  auto start = steady::now();
  auto consuming = std::async(std::launch::async, [&] { consumer.take_all(message.size()); });
  for (auto number = std::uint64_t{0}; number < given.messages; ++number) {
    message.set_number(number);
    publisher.publish(message);
  }
  publisher.wait_until_unconfirmed(0);
  consuming.get();
  return {given.messages, steady::now() - start};
}

} // namespace ferry::benchmarks
