// Which queues a broker has, and which it had: what may be declared, used and closed,
// and the words with which it is refused.

#pragma once

#include "ferry/config.hpp"
#include "ferry/errors.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

namespace ferry {

/// Whether a broker can keep messages anywhere but in memory.
enum class broker_storage : std::uint8_t { none, journal };

/// A queue, and how it is declared.
struct queue_declaration {
  std::string name;
  queue_config config;
};

/// What is to be created, in this order, so that `wanted` can be: its dead-letter queue
/// before itself, where it wants one.
[[nodiscard]] std::deque<queue_declaration> with_dead_letters(queue_declaration wanted);

/// Knows a broker's queues by name.
///
/// Errors      Each objection says why not, or is `errc::none`; asking changes nothing.
/// Cost        O(log queues), `objection_to_closing` O(queues).
/// Threads     One owner at a time; no locking inside.
class declared_queues {
public:
  explicit declared_queues(broker_storage has = broker_storage::none) : storage_(has) {
  }

  // -- modifiers --------------------------------------------------------------

  void add(const std::string& name, const queue_config& config) {
    open_.emplace(name, config);
  }

  /// Notes that `name` runs no more: nobody declares it until its broker is opened again.
  void close(const std::string& name) {
    open_.erase(name);
    closed_.insert(name);
  }

  // -- properties -------------------------------------------------------------

  /// A queue that is there already may be declared as it is.
  /// Errors   errc::invalid_argument, errc::closed (it, or its dead-letter queue),
  ///          errc::redeclared_differently
  [[nodiscard]] error objection_to_declaring(const queue_declaration& wanted) const;

  /// Errors   errc::closed, errc::no_such_queue
  [[nodiscard]] error objection_to_using(const std::string& name) const;

  /// A queue that was closed may be closed again.
  /// Errors   errc::no_such_queue, errc::invalid_argument (others' dead letters go there)
  [[nodiscard]] error objection_to_closing(const std::string& name) const;

  /// The names of those that were closed.
  [[nodiscard]] const std::set<std::string>& closed() const noexcept {
    return closed_;
  }

private:
  [[nodiscard]] error objection_to_storing(const queue_declaration& wanted) const;
  [[nodiscard]] error objection_to_letters(const queue_declaration& wanted) const;

  broker_storage storage_;
  std::map<std::string, queue_config> open_;
  std::set<std::string> closed_;
};

} // namespace ferry
