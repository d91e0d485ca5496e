#include "ferry/persistence/opened_journal.hpp"

#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace ferry;
using namespace ferry::persistence;

namespace {

enum class step { none, open, recover, open_reader, open_upkeep };

/// Which part of an opening fails, and what is open.
struct disk {
  step broken = step::none;
  int journals = 0;
  int readers = 0;

  [[nodiscard]] error why(step at) const {
    return broken == at ? error{errc::journal_failed, "broken"} : error{};
  }
};

class counted_reader : public journal_reader {
public:
  explicit counted_reader(disk& of) : disk_(of) {
    ++disk_.readers;
  }

  ~counted_reader() override {
    --disk_.readers;
  }

  result<stored_page> read(queue_id, sequence_number, sequence_number, page_limit) override {
    return stored_page{};
  }

private:
  disk& disk_;
};

class idle_upkeep : public journal_upkeep {
public:
  result<upkeep_report> step() override {
    return upkeep_report{};
  }
};

class counted_journal : public journal {
public:
  explicit counted_journal(disk& of) : disk_(of) {
    ++disk_.journals;
  }

  ~counted_journal() override {
    BOOST_TEST(disk_.readers == 0); // the last one tidies up the file
    --disk_.journals;
  }

  result<std::vector<stored_queue>> recover() override {
    if (auto why = disk_.why(step::recover); why.code != errc::none)
      return why;
    auto queue = stored_queue{};
    queue.name = "orders";
    return std::vector{queue};
  }

  result<std::unique_ptr<journal_reader>> open_reader() override {
    if (auto why = disk_.why(step::open_reader); why.code != errc::none)
      return why;
    return std::unique_ptr<journal_reader>{std::make_unique<counted_reader>(disk_)};
  }

  result<std::unique_ptr<journal_upkeep>> open_upkeep() override {
    if (auto why = disk_.why(step::open_upkeep); why.code != errc::none)
      return why;
    return std::unique_ptr<journal_upkeep>{std::make_unique<idle_upkeep>()};
  }

  epoch opened() const override {
    return epoch{1};
  }

  result<queue_id> create_queue(const std::string&, const queue_config&) override {
    return queue_id{1};
  }

  status commit(std::span<const write_batch* const>) override {
    return success();
  }

  result<stored_page> read(queue_id, sequence_number, sequence_number, page_limit) override {
    return stored_page{};
  }

  journal_figures figures() const override {
    return {};
  }

private:
  disk& disk_;
};

struct opened_journal_fixture {
  result<opened_journal> open() {
    return open_whole([this]() -> result<std::unique_ptr<journal>> {
      if (auto why = file.why(step::open); why.code != errc::none)
        return why;
      return std::unique_ptr<journal>{std::make_unique<counted_journal>(file)};
    });
  }

  disk file;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(opened_journal_suite, opened_journal_fixture)

BOOST_AUTO_TEST_CASE(an_opening_has_what_is_stored_and_everybody_who_works_on_it) {
  auto opened = open();
  BOOST_REQUIRE(opened.ok());
  BOOST_REQUIRE(opened->queues.size() == 1u);
  BOOST_TEST(opened->queues.front().name == "orders");
  BOOST_TEST((opened->storage != nullptr));
  BOOST_TEST((opened->reader != nullptr));
  BOOST_TEST((opened->upkeep != nullptr));
}

BOOST_AUTO_TEST_CASE(whoever_lets_go_of_it_closes_readers_before_the_journal) {
  {
    auto opened = open();
    BOOST_TEST(file.readers == 1);
  }
  BOOST_TEST(file.journals == 0);
}

BOOST_AUTO_TEST_CASE(a_part_that_does_not_open_leaves_nothing_open) {
  for (auto broken : {step::open, step::recover, step::open_reader, step::open_upkeep}) {
    file.broken = broken;
    auto opened = open();
    BOOST_REQUIRE(!opened.ok());
    BOOST_TEST(opened.why().text == "broken");
    BOOST_TEST(file.readers == 0);
    BOOST_TEST(file.journals == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
