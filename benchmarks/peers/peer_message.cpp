#include "peer_message.hpp"

#include "../scenario.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace ferry::benchmarks {

peer_message::peer_message(std::size_t bytes)
  : bytes_(std::max(bytes, sizeof(std::uint64_t)), 'x') {
}

void peer_message::set_number(std::uint64_t number) {
  std::memcpy(bytes_.data(), &number, sizeof(number));
}

std::uint64_t number_in(const void* data, std::size_t bytes, std::size_t expected_bytes) {
  auto number = std::uint64_t{};
  if (bytes != expected_bytes)
    throw wrong_run("a message of another length arrived");
  std::memcpy(&number, data, sizeof(number));
  return number;
}

int port_in(const char* variable) {
  const auto* text = std::getenv(variable);
  if (text == nullptr)
    throw wrong_run(std::string{variable} + " is not set; scripts/bench --peers starts the peers");
  return std::atoi(text);
}

} // namespace ferry::benchmarks
