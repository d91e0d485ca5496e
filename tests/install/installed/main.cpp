// A program that knows ferry only as an installed package.

#include "ferry/config.hpp"
#include "ferry/message.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

int main() {
  auto bytes = std::array<std::byte, 3>{};
  auto body = ferry::payload{bytes};
  auto wrong = ferry::check("orders", ferry::queue_config{});
  std::printf("%zu bytes; %s\n", body.size(), ferry::dead_letter_name("orders", {}).c_str());
  return wrong.code == ferry::errc::none && body.size() == bytes.size() ? 0 : 1;
}
