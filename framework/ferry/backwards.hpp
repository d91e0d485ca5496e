// From the last one to the first. What `std::views::reverse` is for, which clang 14 does
// not compile with the standard library of gcc 12.

#pragma once

namespace ferry {

/// What a `for` goes through from the last item of `Container` to the first.
/// Lifetime    The container's; it does not change meanwhile.
template <class Container>
class backwards {
public:
  explicit backwards(Container& items) noexcept : items_(items) {
  }

  [[nodiscard]] auto begin() const {
    return items_.rbegin();
  }

  [[nodiscard]] auto end() const {
    return items_.rend();
  }

private:
  Container& items_;
};

} // namespace ferry
