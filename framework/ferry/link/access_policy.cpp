#include "ferry/link/access_policy.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr auto shortest_token = std::size_t{16};

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.ends_with('*'))
    return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

bool concerns(const grant& item, std::string_view client, std::string_view queue) {
  return matches(item.client, client) && matches(item.queue, queue);
}

// Takes as long wherever the first difference is.
bool is_same_secret(std::string_view left, std::string_view right) {
  if (left.size() != right.size())
    return false;
  auto difference = 0;
  for (auto i = std::size_t{0}; i < left.size(); ++i)
    difference |= left[i] ^ right[i];
  return difference == 0;
}

} // namespace

std::string_view to_string(permission what) noexcept {
  switch (what) {
  case permission::declare: return "declare";
  case permission::publish: return "publish to";
  case permission::consume: return "consume from";
  case permission::administer: return "administer";
  }
  return "use";
}

status check(const access_config& config) {
  for (const auto& [token, client] : config.tokens)
    if (token.size() < shortest_token || client.empty())
      return error{errc::invalid_argument, "access_config: the token of client \"" + client
                                             + "\" wants a name and 16 characters or more"};
  for (const auto& item : config.grants)
    if (item.client.empty() || item.queue.empty() || item.may.empty())
      return error{errc::invalid_argument, "access_config: a grant to client \"" + item.client
                                             + "\" on queue \"" + item.queue
                                             + "\" wants both names and at least one permission"};
  return success();
}

access_policy::access_policy(access_config config, bool has_certificates)
  : config_(std::move(config)),
    is_open_(!has_certificates && config_.tokens.empty() && config_.grants.empty()) {
}

result<std::string> access_policy::identify(const hello& who,
                                            const std::string& certificate) const {
  auto found = std::ranges::find_if(
    config_.tokens, [&](const auto& known) { return is_same_secret(known.first, who.token); });
  if (found != config_.tokens.end())
    return found->second;
  if (!who.token.empty() && !is_open_)
    return error{errc::not_permitted, "the token of node \"" + who.node
                                        + "\" is not known here; add it to access_config::tokens"};
  if (certificate.empty() && !is_open_)
    return error{errc::not_permitted, "node \"" + who.node
                                        + "\" has neither a token nor a certificate; give it "
                                          "connect_config::token or connect_config::tls"};
  return certificate;
}

status access_policy::allows(std::string_view client, permission what,
                             std::string_view queue) const {
  auto grants_it = [&](const grant& item) {
    return concerns(item, client, queue) && std::ranges::find(item.may, what) != item.may.end();
  };
  if (is_open_ || std::ranges::any_of(config_.grants, grants_it))
    return success();
  return error{errc::not_permitted,
               "client \"" + std::string{client} + "\" may not " + std::string{to_string(what)}
                 + " queue \"" + std::string{queue} + "\"; grant it in access_config::grants"};
}

bool access_policy::shows(std::string_view client, std::string_view queue) const {
  return is_open_ || std::ranges::any_of(config_.grants, [&](const grant& item) {
           return concerns(item, client, queue);
         });
}

} // namespace ferry
