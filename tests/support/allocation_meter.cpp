#include "support/allocation_meter.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local constinit std::size_t allocations = 0;
thread_local constinit std::size_t allocated_bytes = 0;

} // namespace

void* operator new(std::size_t size) {
  ++allocations;
  allocated_bytes += size;
  if (auto place = std::malloc(size > 0 ? size : 1))
    return place;
  throw std::bad_alloc{};
}

// Those that do not throw and those for arrays are replaced as well: a sanitizer
// brings its own.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  allocated_bytes += size;
  return std::malloc(size > 0 ? size : 1);
}

void* operator new[](std::size_t size, const std::nothrow_t& silent) noexcept {
  return operator new(size, silent);
}

void* operator new[](std::size_t size) {
  return operator new(size);
}

void operator delete(void* place) noexcept {
  std::free(place);
}

void operator delete(void* place, std::size_t) noexcept {
  std::free(place);
}

void operator delete(void* place, const std::nothrow_t&) noexcept {
  std::free(place);
}

void operator delete[](void* place, const std::nothrow_t&) noexcept {
  std::free(place);
}

void operator delete[](void* place) noexcept {
  std::free(place);
}

void operator delete[](void* place, std::size_t) noexcept {
  std::free(place);
}

namespace ferry::testing {

allocation_meter::allocation_meter() noexcept
  : count_before_(allocations),
    bytes_before_(allocated_bytes) {
}

std::size_t allocation_meter::count() const noexcept {
  return allocations - count_before_;
}

std::size_t allocation_meter::bytes() const noexcept {
  return allocated_bytes - bytes_before_;
}

} // namespace ferry::testing
