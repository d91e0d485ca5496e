#include "ferry/broker/declared_queues.hpp"

#include <utility>

namespace ferry {

namespace {

std::string quoted(const std::string& queue) {
  return "queue \"" + queue + "\"";
}

} // namespace

std::deque<queue_declaration> with_dead_letters(queue_declaration wanted) {
  auto all = std::deque<queue_declaration>{};
  if (wants_dead_letters(wanted.config))
    all.push_back(
      {dead_letter_name(wanted.name, wanted.config), dead_letter_config(wanted.config)});
  all.push_back(std::move(wanted));
  return all;
}

error declared_queues::objection_to_declaring(const queue_declaration& wanted) const {
  if (auto bad = check(wanted.name, wanted.config); bad.code != errc::none)
    return bad;
  if (closed_.contains(wanted.name))
    return objection_to_using(wanted.name);
  if (auto why = objection_to_storing(wanted); why.code != errc::none)
    return why;
  if (auto present = open_.find(wanted.name); present != open_.end())
    if (auto text = difference(present->second, wanted.config); !text.empty())
      return {errc::redeclared_differently, quoted(wanted.name) + " exists with other options: "
                                              + text + "; declare it as it is"};
  return wants_dead_letters(wanted.config) ? objection_to_letters(wanted) : error{};
}

error declared_queues::objection_to_storing(const queue_declaration& wanted) const {
  if (storage_ == broker_storage::journal)
    return {};
  if (wanted.config.durability == durability::disk)
    return {errc::invalid_argument, quoted(wanted.name)
                                      + " is to be kept on disk, but this broker has no journal; "
                                        "open it with one, or declare durability::memory"};
  if (spills(wanted.config))
    return {errc::invalid_argument, quoted(wanted.name)
                                      + " is to spill to the journal, but this broker has none; "
                                        "open it with one, or declare over_budget::block or "
                                        "over_budget::refuse"};
  return {};
}

error declared_queues::objection_to_letters(const queue_declaration& wanted) const {
  auto letters = dead_letter_name(wanted.name, wanted.config);
  if (closed_.contains(letters))
    return {errc::closed, quoted(wanted.name) + " wants its dead letters in \"" + letters
                            + "\", which was closed; open the broker again to use it"};
  auto present = open_.find(letters);
  if (present != open_.end() && present->second.durability < wanted.config.durability)
    return {errc::invalid_argument, quoted(wanted.name)
                                      + " is kept on disk, its dead-letter queue \"" + letters
                                      + "\" is not; name one that is kept on disk as well"};
  return {};
}

error declared_queues::objection_to_using(const std::string& name) const {
  if (open_.contains(name))
    return {};
  if (closed_.contains(name))
    return {errc::closed, quoted(name) + " was closed; open its broker again to use it"};
  return {errc::no_such_queue, "there is no " + quoted(name) + "; declare it before it is used"};
}

error declared_queues::objection_to_closing(const std::string& name) const {
  if (!open_.contains(name) && !closed_.contains(name))
    return {errc::no_such_queue, "there is no " + quoted(name) + " to close"};
  for (const auto& [other, config] : open_)
    if (wants_dead_letters(config) && dead_letter_name(other, config) == name)
      return {errc::invalid_argument,
              quoted(name) + " takes the dead letters of \"" + other + "\"; close that one first"};
  return {};
}

} // namespace ferry
