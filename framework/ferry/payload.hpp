// The bytes of messages: what nobody in between looks into.

#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace ferry {

/// Immutable bytes, shared by reference.
/// Threads   any; copies share the bytes, which never change.
class payload {
public:
  payload() = default;

  /// Copies `bytes` once.
  explicit payload(std::span<const std::byte> bytes);

  /// Shares `size` bytes that belong to something larger, and keeps all of it.
  payload(std::shared_ptr<const std::byte[]> bytes, std::size_t size) noexcept;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {bytes_.get(), size_};
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }

private:
  std::shared_ptr<const std::byte[]> bytes_;
  std::size_t size_ = 0;
};

/// Puts the small payloads of a page side by side, so that whoever goes through the
/// page finds the next one in the processor's cache.
///
/// Cost     One block for many: as large as all before it, 8 KiB at most. So what is
///          allocated and not used is at most half of what is, and of a single
///          payload nothing.
/// Memory   A block lives as long as one of its payloads.
/// Threads  One owner; the payloads go anywhere. A copy packs into blocks of its own.
class payload_packer {
public:
  /// From here on copying costs more than the neighbourhood gains.
  static constexpr auto largest = std::size_t{1} << 10;

  payload_packer() = default;
  payload_packer(const payload_packer& other) noexcept : packed_(other.packed_) {}
  payload_packer(payload_packer&&) = default;
  payload_packer& operator=(const payload_packer& other) noexcept;
  payload_packer& operator=(payload_packer&&) = default;
  ~payload_packer() = default;

  /// The same bytes beside those that were packed before; what is alone so far, or
  /// too large, stays where it is.
  [[nodiscard]] payload pack(payload body);

private:
  std::shared_ptr<std::byte[]> block_;
  std::size_t used_ = 0;     // of the block
  std::size_t capacity_ = 0; // of the block
  std::size_t packed_ = 0;   // bytes of all payloads so far
};

} // namespace ferry
