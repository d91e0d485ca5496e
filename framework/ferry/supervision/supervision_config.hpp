// How children are watched over, in the words of Erlang/OTP's supervisors.

#pragma once

#include "ferry/retry/retry_policy.hpp"
#include "ferry/time.hpp"

#include <cstdint>
#include <string_view>

namespace ferry {

/// Who is started again when one child is lost.
enum class supervision_strategy : std::uint8_t {
  one_for_one,  // the lost child alone: children know nothing of each other
  one_for_all,  // all children: none can go on without the others
  rest_for_one, // the lost child and those that were added after it
};

/// Whether a child that ended is started again.
enum class child_kind : std::uint8_t {
  permanent, // always
  transient, // only when it ended abnormally
  temporary, // never
};

[[nodiscard]] std::string_view to_string(supervision_strategy strategy) noexcept;
[[nodiscard]] std::string_view to_string(child_kind kind) noexcept;

/// How often and how soon children are started again. The intensity is OTP's
/// (3 in 5 s is Elixir's default), the back-off is Akka's and Pekko's.
struct restart_config {
  std::uint32_t intensity = 3;               // restarts allowed within `period`, 0 to 1000
  duration period = std::chrono::seconds{5}; // 1 ms to 24 h
  // before a restart; its `cap` is 24 h at most
  retry_policy backoff{retry_growth::exponential, std::chrono::milliseconds{200},
                       std::chrono::seconds{30}, 2.0, 0.2};

  friend bool operator==(const restart_config&, const restart_config&) = default;
};

/// The options of one group of children.
struct supervision_config {
  supervision_strategy strategy = supervision_strategy::one_for_one;
  restart_config restarts = {}; // counted for the group as a whole

  friend bool operator==(const supervision_config&, const supervision_config&) = default;
};

} // namespace ferry
