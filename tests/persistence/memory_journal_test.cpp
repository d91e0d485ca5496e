// What only the reference can do. The common contract is in
// journal_contract_test.cpp.

#include "ferry/persistence/memory_journal.hpp"

#include "persistence/record_builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;

namespace {

struct memory_journal_fixture {
  std::shared_ptr<memory_storage> storage = std::make_shared<memory_storage>();
  memory_journal disk{storage};
  queue_id orders = disk.create_queue("orders", {}).value();
  error broken{errc::journal_unsafe, "the disk is gone"};

  status commit(record change) {
    auto batch = write_batch{orders, {std::move(change)}};
    const write_batch* all[] = {&batch};
    return disk.commit(all);
  }

  std::size_t rows() const {
    return storage->queues.at(orders).rows.size();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(memory_journal_suite, memory_journal_fixture)

BOOST_AUTO_TEST_CASE(a_commit_fails_when_it_was_told_to) {
  disk.fail_next_commit(broken);
  auto outcome = commit(stored(1, 1));
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST((outcome.why() == broken));
  BOOST_TEST(rows() == 0u);
}

BOOST_AUTO_TEST_CASE(commits_before_the_failing_one_stay) {
  BOOST_TEST(commit(stored(1, 1)).ok());
  disk.fail_next_commit(broken);
  BOOST_TEST(!commit(stored(2, 1)).ok());
  BOOST_TEST(rows() == 1u);
}

BOOST_AUTO_TEST_CASE(commits_after_the_failing_one_fail_for_the_same_reason) {
  disk.fail_next_commit(broken);
  BOOST_TEST(!commit(stored(1, 1)).ok());
  BOOST_TEST((commit(stored(1, 1)).why() == broken));
}

BOOST_AUTO_TEST_CASE(a_journal_over_the_same_storage_works_again) {
  disk.fail_next_commit(broken);
  BOOST_TEST(!commit(stored(1, 1)).ok());
  disk = memory_journal{storage};
  BOOST_TEST(commit(stored(1, 1)).ok());
  BOOST_TEST(rows() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
