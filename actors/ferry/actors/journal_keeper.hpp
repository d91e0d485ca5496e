// A broker's care for its journal: one that failed is opened again, after a while and
// for as long as it takes.
//
//             lost                       it is time
//   open ───────────▶ waiting (again) ──────────────▶ opening ── reopened ─▶ open
//                          ▲                            │
//                          └───────── not opened ───────┘

#pragma once

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/protocol/reopening.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/reporter.hpp"

#include <cstdint>
#include <functional>
#include <random>

namespace ferry::actors {

/// Watches the journal, and has it opened again; when, `reopening_policy` decides.
///
/// Threads     The broker's only.
class journal_keeper {
public:
  using reaction = std::function<void(const messages::reopened&)>;

  /// `reopened` is called whenever it is open again.
  journal_keeper(broker_actor::pointer self, const broker_links& links, reaction reopened);

  /// Has the journal tell when it fails; one that there is not never does.
  void watch();

  void lost(const messages::journal_lost& m);

  /// To be called with each `wake` of the broker.
  void wake(const messages::wake& m);

  /// Opens it no more.
  void end() noexcept {
    has_ended_ = true;
  }

  /// Why nothing is written at present; `errc::none`: it is.
  [[nodiscard]] const error& failure() const noexcept {
    return failure_;
  }

private:
  void reopen_later(const error& why);
  void reopened(const messages::reopened& m);

  broker_actor::pointer self_;
  journal_actor journal_;
  reopening_policy policy_;
  anchored_clock clock_;
  reporter report_;
  reaction reopened_;
  std::minstd_rand randomness_;
  error failure_;
  std::uint64_t generation_ = 0; // a wake of an older generation is ignored
  bool has_ended_ = false;
};

} // namespace ferry::actors
