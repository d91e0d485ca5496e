#include "support/allocation_meter.hpp"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

thread_local constinit std::size_t allocations = 0;
thread_local constinit std::size_t allocated_bytes = 0;
thread_local constinit std::size_t held = 0; // wraps where another thread allocated

void* allocate(std::size_t size) noexcept {
  ++allocations;
  allocated_bytes += size;
  auto place = std::malloc(size > 0 ? size : 1);
  held += malloc_usable_size(place);
  return place;
}

void release(void* place) noexcept {
  held -= malloc_usable_size(place);
  std::free(place);
}

} // namespace

void* operator new(std::size_t size) {
  if (auto place = allocate(size))
    return place;
  throw std::bad_alloc{};
}

// Those that do not throw and those for arrays are replaced as well: a sanitizer
// brings its own.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}

void* operator new[](std::size_t size, const std::nothrow_t& silent) noexcept {
  return operator new(size, silent);
}

void* operator new[](std::size_t size) {
  return operator new(size);
}

void operator delete(void* place) noexcept {
  release(place);
}

void operator delete(void* place, std::size_t) noexcept {
  release(place);
}

void operator delete(void* place, const std::nothrow_t&) noexcept {
  release(place);
}

void operator delete[](void* place, const std::nothrow_t&) noexcept {
  release(place);
}

void operator delete[](void* place) noexcept {
  release(place);
}

void operator delete[](void* place, std::size_t) noexcept {
  release(place);
}

namespace ferry::testing {

allocation_meter::allocation_meter() noexcept
  : count_before_(allocations),
    bytes_before_(allocated_bytes),
    held_before_(held) {
}

std::size_t allocation_meter::count() const noexcept {
  return allocations - count_before_;
}

std::size_t allocation_meter::bytes() const noexcept {
  return allocated_bytes - bytes_before_;
}

std::size_t allocation_meter::held_bytes() const noexcept {
  return held - held_before_;
}

} // namespace ferry::testing
