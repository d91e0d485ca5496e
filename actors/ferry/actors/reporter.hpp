// A user's function that is told what people might want to know.

#pragma once

#include <functional>
#include <string>
#include <utility>

namespace ferry::actors {

/// Tells it, where there is one. What it throws must not end the actor that tells: it is
/// documented that it has nowhere to go.
class reporter {
public:
  explicit reporter(std::function<void(const std::string&)> told = {}) : told_(std::move(told)) {
  }

  void operator()(const std::string& text) const noexcept {
    try {
      if (told_)
        told_(text);
    } catch (...) {
    }
  }

private:
  std::function<void(const std::string&)> told_;
};

} // namespace ferry::actors
