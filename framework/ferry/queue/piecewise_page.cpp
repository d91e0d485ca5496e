#include "ferry/queue/piecewise_page.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace ferry {

piecewise_page::piecewise_page(publish_request whole) : oldest_(whole.oldest) {
  outcome_.session = whole.session;
  rest_.push_back(std::move(whole));
}

std::optional<publish_request> piecewise_page::next(const judge& fits, const error& too_large) {
  while (!rest_.empty() && !is_over_) {
    auto& front = rest_.front();
    if (fits(front)) {
      if (has_refused_) {
        resend_from(front.first);
        break;
      }
      auto piece = std::move(front);
      rest_.pop_front();
      return piece;
    }
    if (front.page->size() > 1)
      halve_front();
    else
      refuse_front(too_large);
  }
  return std::nullopt;
}

void piecewise_page::answered(const publish_outcome& answer) {
  outcome_.level = answer.level;
  outcome_.up_to = std::max(outcome_.up_to, answer.up_to);
  outcome_.refused.insert(outcome_.refused.end(), answer.refused.begin(), answer.refused.end());
  outcome_.resend_from = answer.resend_from;
  outcome_.held = answer.held;
  is_over_ = answer.resend_from != publish_number::none;
}

void piecewise_page::halve_front() {
  auto whole = std::move(rest_.front());
  rest_.pop_front();
  auto middle = whole.page->begin() + static_cast<std::ptrdiff_t>(whole.page->size() / 2);
  auto later = whole;
  later.first = advanced(whole.first, whole.page->size() / 2);
  later.page = std::make_shared<const message_page>(middle, whole.page->end());
  whole.page = std::make_shared<const message_page>(whole.page->begin(), middle);
  rest_.push_front(std::move(later));
  rest_.push_front(std::move(whole));
}

void piecewise_page::refuse_front(const error& why) {
  auto number = rest_.front().first;
  if (!has_ended_before(number)) {
    resend_from(number);
    return;
  }
  outcome_.refused.push_back({number, why});
  outcome_.up_to = number;
  has_refused_ = true;
  rest_.pop_front();
}

void piecewise_page::resend_from(publish_number number) {
  outcome_.resend_from = number;
  is_over_ = true;
}

bool piecewise_page::has_ended_before(publish_number number) const noexcept {
  return number <= oldest_ || number <= advanced(outcome_.up_to, 1);
}

} // namespace ferry
