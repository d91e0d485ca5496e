#include "ferry/actors/left_behind.hpp"

#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <optional>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto orders = queue_id{1};
constexpr auto bills = queue_id{2};

/// The marks of a process that died with messages of two queues in its handlers.
struct left_behind_fixture {
  left_behind_fixture() {
    auto before = persistence::crash_marks::open(dying).value();
    auto one = before->acquire();
    auto other = before->acquire();
    const persistence::marked_run of_orders[] = {{orders, sequence_number{7}, 2}};
    const persistence::marked_run of_bills[] = {{bills, sequence_number{3}, 1}};
    one.begin(of_orders);
    other.begin(of_bills);
    std::filesystem::copy_file(dying, file); // as the crash leaves them
  }

  void open(const std::set<queue_id>& queues = {orders, bills}) {
    left.emplace(persistence::crash_marks::open(file).value(), queues);
  }

  // How many runs the next process would find.
  [[nodiscard]] std::size_t runs_on_file() const {
    return persistence::crash_marks::open(file).value()->left_behind().size();
  }

  temporary_directory folder;
  std::string dying = folder.file("dying");
  std::string file = folder.file("marks");
  std::optional<actors::left_behind> left;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(left_behind_suite, left_behind_fixture)

BOOST_AUTO_TEST_CASE(each_queue_counts_its_own) {
  open();
  auto found = left->of(orders);
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST((found.front().first == sequence_number{7}));
  BOOST_TEST(found.front().count == 2u);
  BOOST_TEST(left->of(bills).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_marks_are_kept_until_the_last_queue_has_counted) {
  open();
  left->counted(orders);
  BOOST_TEST(runs_on_file() == 2u);
  BOOST_TEST(!left->wait_until_counted(0s));
  left->counted(bills);
  BOOST_TEST(runs_on_file() == 0u);
  BOOST_TEST(left->wait_until_counted(0s));
}

BOOST_AUTO_TEST_CASE(a_queue_that_counts_again_changes_nothing) {
  open();
  left->counted(orders);
  left->counted(orders);
  BOOST_TEST(!left->wait_until_counted(0s));
}

BOOST_AUTO_TEST_CASE(nobody_is_waited_for_who_is_not_in_the_journal) {
  open({orders});
  BOOST_TEST(left->of(bills).empty());
  left->counted(orders);
  BOOST_TEST(left->wait_until_counted(0s));
  BOOST_TEST(runs_on_file() == 0u);
}

BOOST_AUTO_TEST_CASE(where_nothing_was_left_behind_nobody_waits) {
  open({});
  BOOST_TEST(left->wait_until_counted(0s));
}

BOOST_AUTO_TEST_SUITE_END()
