#include "ferry/message_options.hpp"

#include <charconv>
#include <utility>

namespace ferry {

namespace {

using namespace std::chrono_literals;

// texts once, so that a look-up builds none
const auto id_header = std::string{"ferry-id"};
const auto lease_header = std::string{"ferry-lease-ns"};

constexpr auto reserved = std::string_view{"ferry-"};

bool is_lease(duration lease) {
  return lease >= 1ms && lease <= 720h;
}

const std::string* find(const envelope& message, const std::string& name) {
  if (!message.headers)
    return nullptr;
  auto found = message.headers->find(name);
  return found == message.headers->end() ? nullptr : &found->second;
}

} // namespace

error check(const message_options& options) {
  auto problems = std::string{};
  auto add = [&](const std::string& problem) {
    problems += (problems.empty() ? "" : "; ") + problem;
  };
  for (const auto& [name, text] : options.headers)
    if (name.starts_with(reserved))
      add("header \"" + name + "\" begins with \"ferry-\", which is ferry's; rename it");
  if (options.id.size() > longest_message_id)
    add("id has " + std::to_string(options.id.size()) + " bytes, allowed is 1 to "
        + std::to_string(longest_message_id));
  if (options.lease && !is_lease(*options.lease))
    add("lease is " + std::to_string(options.lease->count())
        + " ns, allowed is 1 ms to 30 days");
  if (problems.empty())
    return {};
  return {errc::invalid_argument, "message_options: " + problems};
}

std::shared_ptr<const header_map> headers_of(message_options options) {
  auto headers = std::move(options.headers);
  if (!options.id.empty())
    headers.emplace(id_header, std::move(options.id));
  if (options.lease)
    headers.emplace(lease_header, std::to_string(options.lease->count()));
  if (headers.empty())
    return nullptr;
  return std::make_shared<const header_map>(std::move(headers));
}

std::string_view message_id_of(const envelope& message) {
  const auto* id = find(message, id_header);
  return id ? std::string_view{*id} : std::string_view{};
}

std::optional<duration> lease_of(const envelope& message) {
  const auto* text = find(message, lease_header);
  if (!text)
    return std::nullopt;
  auto count = duration::rep{0};
  auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), count);
  auto understood = failure == std::errc{} && end == text->data() + text->size();
  if (!understood || !is_lease(duration{count}))
    return std::nullopt;
  return duration{count};
}

} // namespace ferry
