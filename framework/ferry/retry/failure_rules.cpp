#include "ferry/retry/failure_rules.hpp"

namespace ferry {

std::string_view to_string(failure_kind kind) noexcept {
  switch (kind) {
  case failure_kind::retryable: return "retryable";
  case failure_kind::fatal: return "fatal";
  case failure_kind::pause: return "pause";
  }
  return "unknown";
}

failure_kind classify(std::span<const failure_rule> rules, std::string_view reason) noexcept {
  for (const auto& rule : rules)
    if (reason.find(rule.text) != std::string_view::npos)
      return rule.kind;
  return failure_kind::retryable;
}

} // namespace ferry
