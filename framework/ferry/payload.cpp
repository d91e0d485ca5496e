#include "ferry/payload.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr auto largest_block = std::size_t{8} << 10;

} // namespace

payload::payload(std::span<const std::byte> bytes) : size_(bytes.size()) {
  auto copy = std::make_shared_for_overwrite<std::byte[]>(size_);
  std::ranges::copy(bytes, copy.get());
  bytes_ = std::move(copy);
}

payload::payload(std::shared_ptr<const std::byte[]> bytes, std::size_t size) noexcept
  : bytes_(std::move(bytes)), size_(size) {
}

payload_packer& payload_packer::operator=(const payload_packer& other) noexcept {
  return *this = payload_packer{other};
}

payload payload_packer::pack(payload body) {
  auto size = body.size();
  auto before = std::exchange(packed_, packed_ + size);
  if (size == 0)
    return {};
  if (before == 0 || size > largest)
    return body;
  auto room = block_ ? capacity_ - used_ : 0; // of a moved packer nothing is left
  if (size > room) {
    capacity_ = std::clamp(before, size, largest_block);
    block_ = std::make_shared_for_overwrite<std::byte[]>(capacity_);
    used_ = 0;
  }
  auto place = block_.get() + std::exchange(used_, used_ + size);
  std::ranges::copy(body.bytes(), place);
  return {std::shared_ptr<const std::byte[]>{block_, place}, size};
}

} // namespace ferry
