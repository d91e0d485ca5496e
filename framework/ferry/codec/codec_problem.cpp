#include "ferry/codec/codec_problem.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr std::size_t longest_key = 40;

// Keys come from outside: they may hold anything, and end in a log.
std::string printable(std::string_view key) {
  auto text = std::string{key.substr(0, longest_key)};
  std::ranges::replace_if(
    text, [](char c) { return c < ' ' || c > '~' || c == '"'; }, '?');
  return key.size() > longest_key ? text + "..." : text;
}

} // namespace

bool codec_problem::report(std::string reason) {
  reason_ = std::move(reason);
  return false;
}

bool codec_problem::inside_field(std::string_view name) {
  return inside("." + std::string{name});
}

bool codec_problem::inside_element(std::size_t index) {
  return inside("[" + std::to_string(index) + "]");
}

bool codec_problem::inside_key(std::string_view key) {
  return inside("[\"" + printable(key) + "\"]");
}

bool codec_problem::inside_key(std::int64_t key) {
  return inside("[" + std::to_string(key) + "]");
}

bool codec_problem::inside_key(std::uint64_t key) {
  return inside("[" + std::to_string(key) + "]");
}

std::string codec_problem::text(std::string_view type) const {
  return std::string{type} + path_ + ": " + reason_;
}

bool codec_problem::inside(const std::string& segment) {
  path_.insert(0, segment);
  return false;
}

} // namespace ferry
