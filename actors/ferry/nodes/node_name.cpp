#include "ferry/nodes/node_name.hpp"

#include "ferry/actors/caf_compat.hpp"

#include <array>
#include <random>
#include <utility>

#include <unistd.h>

namespace ferry::actors {

namespace {

std::uint64_t random_number() {
  auto device = std::random_device{};
  return std::uint64_t{device()} << 32 | device();
}

std::string host_and_process() {
  auto host = std::array<char, 256>{};
  if (::gethostname(host.data(), host.size() - 1) != 0)
    host.front() = '\0';
  return std::string{host.data()} + ":" + std::to_string(::getpid());
}

} // namespace

hello introduce(std::string cluster, std::string node, const link_config& link) {
  auto mine = hello{};
  mine.encoding = std::string{compat::encoding};
  mine.cluster = std::move(cluster);
  mine.node = node.empty() ? host_and_process() : std::move(node);
  mine.incarnation = {random_number(), random_number()};
  mine.silence_ns = link.pulse.silence.count();
  return mine;
}

} // namespace ferry::actors
