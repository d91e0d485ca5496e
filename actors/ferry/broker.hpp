// The facade: one file, its queues, and the producers and consumers of a program.

#pragma once

#include "ferry/broker_figures.hpp"
#include "ferry/config.hpp"
#include "ferry/consumer.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/node_config.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/producer.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/queue/redrive.hpp"
#include "ferry/result.hpp"
#include "ferry/supervisor.hpp"
#include "ferry/system_config.hpp"

#include <caf/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ferry {

/// The options of a broker.
struct broker_config {
  std::string journal = {}; // a file, created if absent; empty: memory queues, that do not spill
  duration close_limit = std::chrono::seconds{30}; // how long closing may wait for work
  std::size_t resident_bytes = std::size_t{128} << 20; // RAM for what waits in all queues
                                                       // together, from 64 KiB
  // hears of lost consumers and children, of groups that give up, of a journal that
  // failed or is back, and of nodes that come, go or are refused; any thread, one call at a
  // time; must not wait for the broker
  std::function<void(const std::string&)> report = {};
};

/// Opens a journal inside a caf::actor_system and runs its queues.
///
/// Ownership   Owns its actors. The actor system, which must know ferry's messages
///             (`system_config`), belongs to the user and outlives the broker.
/// Errors      Every call that can fail returns a `result`; nothing is thrown.
/// Blocks      All calls wait for an actor's answer: call them from plain threads
///             or detached actors. Other actors use the protocol
///             ("ferry/actors/protocol.hpp") and `handle`.
/// Threads     any, except that `close` and the destructor come last.
class broker {
public:
  /// Opens `config.journal`, and with it every queue that was declared before.
  /// Errors   invalid_argument, journal_failed, journal_in_use, journal_foreign,
  ///          journal_unsafe
  [[nodiscard]] static result<broker> open(caf::actor_system& system, broker_config config);

  /// Connects to a broker that serves, at the first of `addresses` ("host:port") that
  /// lets it in. One that refuses keeps it from none of the others; once all were tried
  /// it fails with the first refusal. A connection that ends before anybody said why is
  /// no refusal, and is dialed again. What it returns is used as an opened one is, and
  /// keeps its link: when that is lost it is made again, producers send again what was
  /// not confirmed, and consumers subscribe again. Until then other calls are answered by
  /// disconnected.
  /// Errors   invalid_argument; wrong_peer: another cluster, protocol or series of CAF;
  ///          not_permitted: the client is not known there; not_trusted: its certificate
  ///          or the broker's; disconnected: no link within `connect_config::connect_limit`
  [[nodiscard]] static result<broker> connect(caf::actor_system& system,
                                              std::vector<std::string> addresses,
                                              connect_config config = {});

  broker(broker&&) noexcept;
  broker& operator=(broker&&) noexcept;
  ~broker(); // closes

  // -- queues -----------------------------------------------------------------

  /// Creates the queue unless it is there, and its dead-letter queue with it.
  /// Repeat   allowed with equal options
  /// Errors   invalid_argument, redeclared_differently, journal_failed
  [[nodiscard]] status declare(const std::string& name, const queue_config& config = {});

  /// The names of all queues that are open, sorted.
  [[nodiscard]] result<std::vector<std::string>> queues() const;

  /// What a queue did and holds.
  /// Errors   no_such_queue
  [[nodiscard]] result<queue_figures> figures(const std::string& name) const;

  /// What all queues and the journal did; see docs/figures.md.
  [[nodiscard]] result<broker_figures> figures() const;

  /// The same, as Prometheus reads it: to be served under /metrics, or written to a
  /// file for its node exporter.
  [[nodiscard]] result<std::string> prometheus() const;

  /// What the journal did; nothing where there is none.
  [[nodiscard]] result<persistence::journal_figures> journal_figures() const;

  /// The queue's actor, for actors that take part by the protocol alone.
  /// Errors   no_such_queue
  [[nodiscard]] result<caf::actor> handle(const std::string& name) const;

  /// Lets a queue deliver nothing for `wait`; it still takes publishes and
  /// settlements. A restart, also that of a failed journal, ends the pause.
  /// Range    `wait` 0 or less ends a pause
  /// Repeat   allowed: the last one counts
  /// Errors   no_such_queue, closed
  [[nodiscard]] status pause(const std::string& name, duration wait);

  /// Ends a pause, also one that a nack began.
  /// Repeat   allowed, also where nothing is paused
  /// Errors   as of `pause`
  [[nodiscard]] status resume(const std::string& name) {
    return pause(name, duration::zero());
  }

  // -- browsing and redriving -------------------------------------------------

  /// Shows messages of a queue without moving, locking or counting any; what the
  /// next page shows may have changed meanwhile. `decode_as<T>(item.message)` and
  /// `death_of(item.message)` read an item.
  /// Errors   no_such_queue, invalid_argument, journal_failed
  [[nodiscard]] result<browse_page> browse(const std::string& name,
                                           const browse_query& query = {}) const;

  /// Moves dead letters back to the queues they died in, or to another one, each in
  /// one commit; see `redrive_options` and docs/dead_letters.md.
  /// Repeat   allowed: what has moved is gone from the dead-letter queue
  /// Blocks   until all have moved, at their rate
  /// Errors   no_such_queue, invalid_argument, closed, journal_failed; the text
  ///          tells how many had moved, and these stay where they are now
  [[nodiscard]] result<redrive_report> redrive(const std::string& dead_letter_queue,
                                               const redrive_options& options = {});

  // -- producers and consumers ------------------------------------------------

  /// Makes a producer with a session of its own, or with that of its outbox file.
  /// Errors   no_such_queue, invalid_argument; of the outbox file: journal_failed,
  ///          journal_in_use, journal_foreign, journal_unsafe
  template <class T>
  [[nodiscard]] result<ferry::producer<T>> producer(const std::string& name,
                                                    const producer_config& config = {}) {
    auto port = open_port(name, config);
    if (!port)
      return port.why();
    return ferry::producer<T>{std::move(*port)};
  }

  /// Runs `function` on every message of the queue; see `consumer.hpp` for what
  /// it may take and how it settles.
  /// Errors   no_such_queue, invalid_argument
  template <class T, handler_for<T> Function>
  [[nodiscard]] result<ferry::consumer> consume(const std::string& name, Function function,
                                                const consumer_config& config = {}) {
    return run_consumers(
      name, make_handler<T>(std::move(function), config.prefetch_messages), config);
  }

  // -- other nodes ------------------------------------------------------------

  /// Lets programs on other nodes use this broker by `connect`, until it is closed.
  /// Returns the port.
  /// Repeat   no: a broker serves at one address
  /// Errors   invalid_argument: an option is out of range, the broker serves already, or
  ///          is a connection itself; not_trusted: a certificate; network_failed: the
  ///          port cannot be had; closed
  [[nodiscard]] result<std::uint16_t> serve(const serve_config& config = {});

  // -- supervision ------------------------------------------------------------

  /// Opens a group of children: actors of the user's own that are started again
  /// when they are lost. It ends with the broker, before its queues do. A group that
  /// gives up is told to `broker_config::report` and to `on_escalation`, if given;
  /// nothing else ends by that.
  /// Errors   invalid_argument: no name, or an option outside its range; closed
  [[nodiscard]] result<ferry::supervisor> supervise(const std::string& name,
                                                    const supervision_config& config = {},
                                                    escalation_callback on_escalation = {});

  // -- closing ----------------------------------------------------------------

  /// Closes one queue until the broker is opened again: its consumers stop as by
  /// `consumer::stop(limit)`, its producers send what they hold, and then it takes
  /// and delivers nothing more. What is left stays in the journal; a memory queue's
  /// messages are gone. Without a limit it waits for `broker_config::close_limit`.
  /// Repeat   allowed
  /// Errors   no_such_queue; invalid_argument where it takes the dead letters of a
  ///          queue that is open; timed_out when the limit passed: what its handlers
  ///          held has returned, what its producers held is refused as closed
  [[nodiscard]] status close_queue(const std::string& name, std::optional<duration> limit = {});

  /// Lets running handlers return, sends what producers hold, commits everything,
  /// and closes the file. Publishing is refused from now on.
  /// Repeat   allowed
  /// Blocks   until handlers have returned: must not be called by a handler, a
  ///          publish callback or `broker_config::report`
  /// Errors   timed_out when `broker_config::close_limit` passed: the rest was cut
  ///          off, as by a crash, and nothing confirmed is lost; a handler that is
  ///          still running finds its stop token fired, and goes on using what it
  ///          captured. journal_failed when the journal was not open at the end:
  ///          nothing confirmed is lost either
  status close();

private:
  struct impl;

  explicit broker(std::unique_ptr<impl> opened);

  [[nodiscard]] result<std::shared_ptr<producer_port>> open_port(const std::string& name,
                                                                 const producer_config& config);
  [[nodiscard]] result<ferry::consumer> run_consumers(const std::string& name,
                                                      std::shared_ptr<message_handler> handler,
                                                      const consumer_config& config);

  std::unique_ptr<impl> impl_;
};

/// As `broker::connect`, with one address.
[[nodiscard]] result<broker> connect(caf::actor_system& system, const std::string& address,
                                     const connect_config& config = {});

} // namespace ferry
