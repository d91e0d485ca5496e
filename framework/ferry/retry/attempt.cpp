#include "ferry/retry/attempt.hpp"

#include "ferry/retry/shortened.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace ferry {

namespace {

constexpr auto separators_per_line = 4;

std::string escaped(std::string_view text) {
  auto safe = std::string{};
  for (auto c : text)
    switch (c) {
    case '\\': safe += "\\\\"; break;
    case '\t': safe += "\\t"; break;
    case '\n': safe += "\\n"; break;
    case '\0': safe += "\\0"; break;
    default: safe += c;
    }
  return safe;
}

std::string unescaped(std::string_view safe) {
  auto text = std::string{};
  for (auto at = std::size_t{0}; at < safe.size(); ++at) {
    if (safe[at] != '\\' || at + 1 == safe.size()) {
      text += safe[at];
      continue;
    }
    auto c = safe[++at];
    text += c == 't' ? '\t' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
  }
  return text;
}

// Cuts `text` at the first `separator` and returns what is before it.
std::string_view cut(std::string_view& text, char separator) {
  auto end = std::min(text.find(separator), text.size());
  auto front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

template <class Integer>
bool parse(std::string_view text, Integer& number) {
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size();
}

std::optional<attempt> parse_line(std::string_view line) {
  if (std::count(line.begin(), line.end(), '\t') != separators_per_line)
    return std::nullopt;
  auto item = attempt{};
  auto at_ns = std::int64_t{0};
  auto held_ns = duration::rep{0};
  if (!parse(cut(line, '\t'), item.number) || !parse(cut(line, '\t'), at_ns)
      || !parse(cut(line, '\t'), held_ns))
    return std::nullopt;
  item.at = from_ns(at_ns);
  item.held = duration{held_ns};
  item.consumer = unescaped(cut(line, '\t'));
  item.reason = unescaped(line);
  return item;
}

} // namespace

std::string to_line(const attempt& item) {
  return std::to_string(item.number) + '\t' + std::to_string(to_ns(item.at)) + '\t'
         + std::to_string(item.held.count()) + '\t' + escaped(item.consumer) + '\t'
         + escaped(shortened(item.reason, longest_attempt_reason)) + '\n';
}

std::vector<attempt> attempts_of(const envelope& message) {
  auto history = std::vector<attempt>{};
  if (!message.headers)
    return history;
  auto found = message.headers->find(attempts_header);
  if (found == message.headers->end())
    return history;
  for (auto rest = std::string_view{found->second}; !rest.empty();)
    if (auto item = parse_line(cut(rest, '\n')))
      history.push_back(std::move(*item));
  return history;
}

envelope with_attempts(const envelope& message, std::string_view lines) {
  if (lines.empty())
    return message;
  auto headers = message.headers ? *message.headers : header_map{};
  headers[attempts_header] += lines;
  auto told = message;
  told.headers = std::make_shared<const header_map>(std::move(headers));
  return told;
}

} // namespace ferry
