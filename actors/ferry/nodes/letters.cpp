#include "ferry/nodes/letters.hpp"

#include "ferry/config.hpp"
#include "ferry/link/printable.hpp"

#include <algorithm>

namespace ferry::actors {

namespace {

constexpr auto bits_per_byte = 8;

bool is_queue_name(const std::string& name) {
  return check_queue_name(name).code == errc::none;
}

} // namespace

messages::far_journal to_wire(const messages::journal_report& report) {
  auto wire = messages::far_journal{{}, report.commit_time, report.failure};
  for (const auto& item : persistence::journal_numbers)
    wire.numbers.emplace_back(item.name, report.figures.*item.value);
  return wire;
}

messages::journal_report from_wire(const messages::far_journal& read) {
  auto report = messages::journal_report{{}, read.commit_time, read.failure};
  for (const auto& [name, value] : read.numbers)
    for (const auto& item : persistence::journal_numbers)
      if (item.name == name)
        report.figures.*item.value = value;
  return report;
}

bool make_presentable(error& m) {
  m.text = printable(m.text);
  return true;
}

bool make_presentable(messages::receipt& m) {
  for (auto& item : m.outcome.refused)
    (void)make_presentable(item.why);
  return make_presentable(m.outcome.held);
}

bool make_presentable(messages::far_journal& m) {
  return make_presentable(m.failure);
}

bool make_presentable(messages::far_queue& m) {
  const auto& letters = m.config.dead_letter_queue;
  return is_queue_name(m.name) && (letters.empty() || is_queue_name(letters));
}

bool make_presentable(messages::queue_names& m) {
  return std::ranges::all_of(m.names, is_queue_name);
}

void write_head(const letter_head& head, std::vector<char>& out) {
  out.push_back(static_cast<char>(head.kind));
  auto number = value_of(head.question);
  for (auto i = std::size_t{1}; i < letter_head_bytes; ++i) {
    out.push_back(static_cast<char>(number & 0xff));
    number >>= bits_per_byte;
  }
}

void set_question(letter& item, question_id question) {
  auto head = std::vector<char>{};
  write_head({letter_kind{static_cast<std::uint8_t>(item.bytes.front())}, question}, head);
  std::ranges::copy(head, item.bytes.begin());
}

std::optional<letter_head> head_of(const letter& item) {
  if (item.bytes.size() < letter_head_bytes)
    return std::nullopt;
  auto number = std::uint64_t{0};
  for (auto i = letter_head_bytes - 1; i > 0; --i)
    number = number << bits_per_byte | static_cast<unsigned char>(item.bytes[i]);
  return letter_head{letter_kind{static_cast<std::uint8_t>(item.bytes.front())},
                     question_id{number}};
}

} // namespace ferry::actors
