#include "ferry/errors.hpp"

namespace ferry {

std::string_view to_string(errc code) noexcept {
  switch (code) {
  case errc::none: return "none";
  case errc::no_such_queue: return "no_such_queue";
  case errc::invalid_argument: return "invalid_argument";
  case errc::redeclared_differently: return "redeclared_differently";
  case errc::too_large: return "too_large";
  case errc::closed: return "closed";
  case errc::timed_out: return "timed_out";
  case errc::window_full: return "window_full";
  case errc::sequence_gap: return "sequence_gap";
  case errc::undecodable: return "undecodable";
  case errc::journal_failed: return "journal_failed";
  case errc::journal_in_use: return "journal_in_use";
  case errc::journal_foreign: return "journal_foreign";
  case errc::journal_unsafe: return "journal_unsafe";
  case errc::stale: return "stale";
  case errc::queue_full: return "queue_full";
  case errc::network_failed: return "network_failed";
  case errc::not_trusted: return "not_trusted";
  }
  return "unknown";
}

} // namespace ferry
