#include "ferry/link/incoming_lanes.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace ferry {

namespace {

constexpr auto lane_bytes = std::size_t{64}; // what an unfinished letter costs beside its bytes

} // namespace

status incoming_lanes::read(std::span<const char>& bytes, std::vector<letter>& out) {
  if (broken_.code != errc::none)
    return broken_;
  auto outcome = read_frames(bytes, out);
  if (!outcome)
    broken_ = outcome.why();
  return outcome;
}

status incoming_lanes::read_frames(std::span<const char>& bytes, std::vector<letter>& out) {
  auto before = out.size();
  auto has_word = [&] { return out.size() > before && out.back().lane == lane_id::none; };
  while (!bytes.empty() && !has_word()) {
    if (!header_)
      if (auto outcome = read_header(bytes); !outcome)
        return outcome;
    if (header_) // even where nothing is left: an empty part ends here
      read_part(bytes, out);
  }
  return success();
}

status incoming_lanes::read_header(std::span<const char>& bytes) {
  auto size = std::min(bytes.size(), frame_header_bytes - header_size_);
  std::ranges::copy(bytes.first(size),
                    header_bytes_.begin() + static_cast<std::ptrdiff_t>(header_size_));
  bytes = bytes.subspan(size);
  header_size_ += size;
  if (header_size_ < frame_header_bytes)
    return success();
  header_size_ = 0;
  auto header = frame_header_from(header_bytes_);
  if (!header)
    return error{errc::invalid_argument, "what arrived is no frame; is the peer a ferry node?"};
  if (auto why = objection(*header); why.code != errc::none)
    return why;
  header_ = *header;
  missing_ = header->length;
  return success();
}

error incoming_lanes::objection(const frame_header& header) const {
  auto lane = unfinished_.find(header.lane);
  auto present = lane == unfinished_.end() ? std::size_t{0} : lane->second.size();
  auto whole = unfinished_bytes_ + header.length + (lane == unfinished_.end() ? lane_bytes : 0);
  if (present + header.length > limits_.letter_bytes)
    return {errc::too_large, "a letter of more than " + std::to_string(limits_.letter_bytes)
                               + " bytes was announced; the limit is link_config::letters"};
  if (whole > limits_.unfinished_bytes)
    return {errc::too_large, "letters of more than " + std::to_string(limits_.unfinished_bytes)
                               + " bytes were begun and not ended; the limit is "
                                 "link_config::letters"};
  return {};
}

void incoming_lanes::read_part(std::span<const char>& bytes, std::vector<letter>& out) {
  auto [lane, is_new] = unfinished_.try_emplace(header_->lane);
  auto size = std::min(bytes.size(), missing_);
  auto& letter_bytes = lane->second;
  letter_bytes.insert(letter_bytes.end(), bytes.begin(),
                      bytes.begin() + static_cast<std::ptrdiff_t>(size));
  unfinished_bytes_ += size + (is_new ? lane_bytes : 0);
  bytes = bytes.subspan(size);
  missing_ -= size;
  if (missing_ > 0)
    return;
  if (header_->ends_letter) {
    unfinished_bytes_ -= letter_bytes.size() + lane_bytes;
    out.push_back({header_->lane, std::move(letter_bytes)});
    unfinished_.erase(lane);
  }
  header_.reset();
}

} // namespace ferry
