// Whatever is committed, both journals recover the same.
//
// The seed is printed with a failure; RC_PARAMS="seed=..." runs it again.

#include "ferry/retry/attempt.hpp"
#include "persistence/journal_under_test.hpp"
#include "support/builders.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <ostream>

using namespace ferry;
using namespace ferry::testing;

namespace {

enum class change {
  store,
  store_again,
  erase,
  reschedule,
  add_attempt,
  remember,
  forget,
  remember_id,
  forget_id,
  suspect,
  clear_suspect,
  take_over,
  commit,
  reopen
};

// One thing to do. What the numbers mean depends on the kind.
struct step {
  change kind{};
  std::uint32_t queue = 1;
  std::uint32_t other_queue = 1;
  std::uint64_t first = 1;
  std::uint64_t count = 1;
  std::uint32_t deliveries = 0;
  std::int64_t due_ns = 0;
};

std::ostream& operator<<(std::ostream& out, const step& item) {
  static constexpr const char* names[] = {
    "store",       "store again", "erase",   "reschedule",    "add attempt", "remember", "forget",
    "remember id", "forget id",   "suspect", "clear suspect", "take over",   "commit",   "reopen"};
  return out << names[static_cast<int>(item.kind)] << " queue " << item.queue << " other "
             << item.other_queue << " first " << item.first << " count " << item.count
             << " deliveries " << item.deliveries << " due " << item.due_ns;
}

rc::Gen<step> any_step() {
  using namespace rc::gen;
  auto kind = weightedElement<change>({{8, change::store},
                                       {1, change::store_again},
                                       {4, change::erase},
                                       {4, change::reschedule},
                                       {3, change::add_attempt},
                                       {4, change::remember},
                                       {2, change::forget},
                                       {4, change::remember_id},
                                       {2, change::forget_id},
                                       {4, change::suspect},
                                       {2, change::clear_suspect},
                                       {2, change::take_over},
                                       {6, change::commit},
                                       {1, change::reopen}});
  return build<step>(
    set(&step::kind, kind), set(&step::queue, inRange(1u, 4u)),
    set(&step::other_queue, inRange(1u, 4u)), set(&step::first, inRange<std::uint64_t>(1, 60)),
    set(&step::count, inRange<std::uint64_t>(1, 45)), set(&step::deliveries, inRange(0u, 3u)),
    set(&step::due_ns, inRange<std::int64_t>(0, 3)));
}

// Turns steps into batches and gives them to one journal.
class player {
public:
  explicit player(journal_kind kind) : disk_(kind) {
    for (const auto* name : {"a", "b", "c"})
      disk_.create(name);
  }

  void play(const std::vector<step>& steps) {
    for (const auto& item : steps)
      play(item);
    commit();
  }

  /// All that the next process can see, messages included.
  [[nodiscard]] std::string everything() {
    auto text = std::string{};
    for (const auto& queue : disk_.recovered()) {
      text += queue.name + " next " + std::to_string(value_of(queue.next)) + " rows "
              + told(queue.runs) + " sessions " + told(queue.sessions) + " ids " + told(queue.ids)
              + " suspects " + told(queue.suspects) + " payloads ";
      for (const auto& run : disk_.read(queue.id, 1, 1000000, {1000000, SIZE_MAX}).runs)
        text += told(run) + "=" + texts(run) + histories(run) + " ";
    }
    return text;
  }

private:
  static std::string histories(const message_run& run) {
    auto text = std::string{};
    for (const auto& message : run.envelopes())
      text += message.headers ? "|" + message.headers->at(attempts_header) : "";
    return text;
  }

  void play(const step& item);

  void add(const step& item, record change) {
    batches_.push_back({queue_id{item.queue}, {std::move(change)}});
  }

  void store(const step& item) {
    auto& next = next_[item.queue];
    add(item, records::store{run_of(next, item.count, item.deliveries)});
    next += item.count;
  }

  // A failed commit is followed by a restart; the numbers it used up are lost.
  void commit() {
    auto all = std::vector<const persistence::write_batch*>{};
    for (const auto& batch : batches_)
      all.push_back(&batch);
    if (!disk_->commit(all))
      disk_.reopen();
    batches_.clear();
  }

  journal_under_test disk_;
  std::vector<persistence::write_batch> batches_;
  std::array<std::uint64_t, 4> next_{1, 1, 1, 1};
};

void player::play(const step& item) {
  auto first = sequence_number{item.first};
  auto session = session_id{1 + item.first % 5};
  auto due = from_ns(item.due_ns);
  auto kind = static_cast<id_kind>(item.deliveries % 2);
  auto name = letter(item.first % 5 + 1);
  switch (item.kind) {
  case change::store: return store(item);
  case change::store_again: return add(item, records::store{run_of(item.first, 1)});
  case change::erase: return add(item, records::erase{first, item.count});
  case change::reschedule:
    return add(item, records::reschedule{first, item.count, item.deliveries, due, {}});
  case change::add_attempt:
    return add(item, records::reschedule{first, item.count, item.deliveries, due, name + "\n"});
  case change::remember:
    return add(item, records::remember_session{session, publish_number{item.count}, due});
  case change::forget: return add(item, records::forget_session{session});
  case change::remember_id: return add(item, records::remember_id{kind, name, due});
  case change::forget_id: return add(item, records::forget_id{kind, name});
  case change::suspect: return add(item, records::suspect{first, item.count});
  case change::clear_suspect: return add(item, records::clear_suspect{first, item.count});
  case change::take_over:
    return add(item, records::take_over{queue_id{item.other_queue}, first, item.count});
  case change::commit: return commit();
  case change::reopen: return disk_.reopen();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(journal_equivalence_suite)

BOOST_AUTO_TEST_CASE(both_journals_recover_the_same_from_the_same_batches) {
  BOOST_TEST(rc::check("both journals recover the same", [] {
    auto steps = *rc::gen::container<std::vector<step>>(any_step());
    auto reference = player{journal_kind::memory};
    auto sqlite = player{journal_kind::sqlite};
    reference.play(steps);
    sqlite.play(steps);
    RC_ASSERT(sqlite.everything() == reference.everything());
  }));
}

BOOST_AUTO_TEST_SUITE_END()
