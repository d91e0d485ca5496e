// The message that the peers' scenarios publish, and where the peers are found.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ferry::benchmarks {

/// Some bytes that begin with a number.
class peer_message {
public:
  explicit peer_message(std::size_t bytes);

  void set_number(std::uint64_t number);

  [[nodiscard]] void* data() {
    return bytes_.data();
  }

  [[nodiscard]] std::size_t size() const {
    return bytes_.size();
  }

private:
  std::string bytes_;
};

/// The number that the message begins with.
/// Errors   wrong_run: it has not `expected_bytes`
[[nodiscard]] std::uint64_t number_in(const void* data, std::size_t bytes,
                                      std::size_t expected_bytes);

/// The port that scripts/with_peers put into the environment.
/// Errors   wrong_run: there is none
[[nodiscard]] int port_in(const char* variable);

} // namespace ferry::benchmarks
