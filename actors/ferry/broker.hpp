// The facade: one file, its queues, and the producers and consumers of a program.

#pragma once

#include "ferry/config.hpp"
#include "ferry/consumer.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/persistence/journal.hpp"
#include "ferry/producer.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/queue/redrive.hpp"
#include "ferry/result.hpp"
#include "ferry/system_config.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry {

/// The options of a broker.
struct broker_config {
  std::string journal = {}; // a file, created if absent; empty: memory queues only
  duration close_limit = std::chrono::seconds{30}; // how long closing may wait for work
  std::function<void(const std::string&)> report = {}; // hears of lost consumers; any thread
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

  broker(broker&&) noexcept;
  broker& operator=(broker&&) noexcept;
  ~broker(); // closes

  // -- queues -----------------------------------------------------------------

  /// Creates the queue unless it is there, and its dead-letter queue with it.
  /// Repeat   allowed with equal options
  /// Errors   invalid_argument, redeclared_differently, journal_failed
  [[nodiscard]] status declare(const std::string& name, const queue_config& config = {});

  /// The names of all queues, sorted.
  [[nodiscard]] result<std::vector<std::string>> queues() const;

  /// What a queue did and holds.
  /// Errors   no_such_queue
  [[nodiscard]] result<queue_figures> figures(const std::string& name) const;

  /// What the journal did; nothing where there is none.
  [[nodiscard]] result<persistence::journal_figures> journal_figures() const;

  /// The queue's actor, for actors that take part by the protocol alone.
  /// Errors   no_such_queue
  [[nodiscard]] result<caf::actor> handle(const std::string& name) const;

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

  /// Makes a producer with a session of its own.
  /// Errors   no_such_queue, invalid_argument
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

  // -- closing ----------------------------------------------------------------

  /// Lets running handlers return, sends what producers hold, commits everything,
  /// and closes the file. Publishing is refused from now on.
  /// Repeat   allowed
  /// Blocks   until handlers have returned: must not be called by a handler, a
  ///          publish callback or `broker_config::report`
  /// Errors   timed_out when `broker_config::close_limit` passed: the rest was cut
  ///          off, as by a crash, and nothing confirmed is lost; a handler that is
  ///          still running goes on using what it captured
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

} // namespace ferry
