#include "ferry/persistence/crash_marks.hpp"

#include "ferry/persistence/journal_path.hpp"
#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;

namespace {

using runs = std::vector<marked_run>;

constexpr auto chunk = std::size_t{65536};
constexpr auto slots_of_first_chunk = std::size_t{255};

marked_run run(std::uint32_t queue, std::uint64_t first, std::uint64_t count = 1) {
  return {queue_id{queue}, sequence_number{first}, count};
}

crash_mark marked(crash_marks& marks, const runs& some) {
  auto mark = marks.acquire();
  mark.begin(some);
  return mark;
}

// Stands for a full disk: no file of this process grows beyond `bytes`.
class file_limit {
public:
  explicit file_limit(std::size_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }

  file_limit(const file_limit&) = delete;
  file_limit& operator=(const file_limit&) = delete;

  ~file_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

private:
  void (*handler_)(int);
  struct rlimit before_ {};
};

// Sets that tell whether they are whole.
runs numbered(std::uint64_t i) {
  return runs(1 + i % crash_mark::most_runs, run(1, i, i));
}

bool is_whole(const runs& some) {
  return some.empty() || some == numbered(value_of(some[0].first));
}

struct crash_marks_fixture {
  temporary_directory directory;
  std::string path = directory.file("journal.marks");

  std::shared_ptr<crash_marks> open() const {
    return crash_marks::open(path).value();
  }

  runs left_behind() const {
    return open()->left_behind();
  }

  std::size_t size() const {
    return std::filesystem::file_size(path);
  }

  // Another process does `work` and is killed in the middle of it.
  template <class Work>
  void die_in(Work work) const {
    auto child = ::fork();
    if (child == 0) {
      auto marks = open();
      auto held = work(*marks);
      ::raise(SIGKILL);
    }
    auto outcome = 0;
    ::waitpid(child, &outcome, 0);
    BOOST_REQUIRE(WIFSIGNALED(outcome));
    BOOST_REQUIRE_EQUAL(WTERMSIG(outcome), SIGKILL);
  }

  void die_at(const runs& some) const {
    die_in([&](crash_marks& marks) { return marked(marks, some); });
  }

  // Another process marks one set after the other until it is killed, somewhere.
  void die_while_marking() const {
    auto ends = std::array<int, 2>{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    auto child = ::fork();
    if (child == 0) {
      auto mark = open()->acquire();
      for (auto i = std::uint64_t{1};; ++i) {
        mark.begin(numbered(i));
        if (i == 100 && ::write(ends[1], "x", 1) != 1)
          ::_exit(1);
      }
    }
    auto byte = char{};
    BOOST_REQUIRE(::read(ends[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
  }

  void expect_refused(errc code, const std::string& part) const {
    auto opened = crash_marks::open(path);
    BOOST_REQUIRE(!opened.ok());
    BOOST_TEST(opened.why().code == code);
    BOOST_TEST(opened.why().text.find(part) != std::string::npos, opened.why().text);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(crash_marks_suite, crash_marks_fixture)

// -- marking ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_mark_tells_what_the_handler_is_at_until_it_returns) {
  auto all = std::vector<crash_mark>{};
  all.push_back(open()->acquire());
  all.push_back(crash_marks::in_memory()->acquire());
  all.emplace_back();
  for (auto& mark : all) {
    BOOST_TEST((mark.current() == runs{}));
    mark.begin(runs{run(1, 5, 3), run(2, 9)});
    BOOST_TEST((mark.current() == runs{run(1, 5, 3), run(2, 9)}));
    mark.end();
    BOOST_TEST((mark.current() == runs{}));
  }
}

BOOST_AUTO_TEST_CASE(the_next_call_replaces_what_was_marked) {
  auto mark = marked(*open(), {run(1, 5), run(1, 7)});
  mark.begin(runs{run(2, 9)});
  BOOST_TEST((mark.current() == runs{run(2, 9)}));
}

BOOST_AUTO_TEST_CASE(a_mark_holds_as_many_runs_as_promised) {
  auto most = runs{};
  for (auto i = std::uint64_t{1}; i <= crash_mark::most_runs; ++i)
    most.push_back(run(1, 2 * i));
  BOOST_TEST((marked(*open(), most).current() == most));
}

BOOST_AUTO_TEST_CASE(a_mark_holds_the_highest_numbers) {
  auto highest = runs{{last_queue, last_sequence, value_of(last_sequence)}};
  die_at(highest);
  BOOST_TEST((left_behind() == highest));
}

BOOST_AUTO_TEST_CASE(a_mark_that_moves_keeps_what_it_marks) {
  auto marks = open();
  auto first = marked(*marks, {run(1, 5)});
  auto second = std::move(first);
  BOOST_TEST((second.current() == runs{run(1, 5)}));
}

BOOST_AUTO_TEST_CASE(a_mark_outlives_the_marks_it_came_from) {
  auto mark = marked(*open(), {run(1, 5)});
  BOOST_TEST((mark.current() == runs{run(1, 5)}));
  mark.end();
}

// -- slots --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_file_grows_only_when_its_slots_are_taken) {
  auto marks = open();
  auto all = std::vector<crash_mark>{};
  for (auto i = std::size_t{0}; i < slots_of_first_chunk; ++i)
    all.push_back(marks->acquire());
  BOOST_TEST(size() == chunk);
  all.push_back(marks->acquire());
  BOOST_TEST(size() == 2 * chunk);
}

BOOST_AUTO_TEST_CASE(marks_do_not_disturb_each_other_however_many_there_are) {
  auto marks = open();
  auto all = std::vector<crash_mark>{};
  for (auto i = std::uint64_t{1}; i <= 1500; ++i)
    all.push_back(marked(*marks, {run(1, i)}));
  for (auto i = std::size_t{0}; i < all.size(); ++i)
    BOOST_REQUIRE((all[i].current() == runs{run(1, i + 1)}));
}

BOOST_AUTO_TEST_CASE(a_slot_is_used_again_and_begins_empty) {
  auto marks = open();
  for (auto i = std::size_t{0}; i < 2 * slots_of_first_chunk; ++i) {
    auto mark = marks->acquire();
    BOOST_REQUIRE((mark.current() == runs{}));
    mark.begin(runs{run(1, 5)});
  }
  BOOST_TEST(size() == chunk);
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_a_mark_works_and_dies_with_the_process) {
  die_in([](crash_marks& marks) {
    auto full = file_limit{chunk};
    auto held = std::vector<crash_mark>{};
    for (auto i = std::uint64_t{1}; i <= slots_of_first_chunk + 1; ++i)
      held.push_back(marked(marks, {run(1, i)}));
    if (held.back().current() != runs{run(1, slots_of_first_chunk + 1)})
      ::_exit(1);
    return held;
  });
  BOOST_TEST(size() == chunk);
  BOOST_TEST(left_behind().size() == slots_of_first_chunk);
}

BOOST_AUTO_TEST_CASE(marks_that_do_not_fit_on_the_disk_are_an_error) {
  {
    auto full = file_limit{chunk - 1};
    expect_refused(errc::journal_failed, "needs 64 KiB");
    BOOST_TEST(size() == 0u);
  }
  auto enough = file_limit{chunk};
  BOOST_TEST(crash_marks::open(path).ok());
}

// -- what is left behind ------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_process_that_was_killed_leaves_its_marks_behind) {
  die_in([](crash_marks& marks) {
    auto held = std::vector<crash_mark>{};
    held.push_back(marked(marks, {run(1, 5, 3), run(2, 9)}));
    held.push_back(marked(marks, {run(1, 1)}));
    return held;
  });
  BOOST_TEST((left_behind() == runs{run(1, 5, 3), run(2, 9), run(1, 1)}));
}

BOOST_AUTO_TEST_CASE(marks_in_later_chunks_are_left_behind_as_well) {
  die_in([](crash_marks& marks) {
    auto held = std::vector<crash_mark>{};
    for (auto i = std::uint64_t{1}; i <= 600; ++i)
      held.push_back(marked(marks, {run(1, i)}));
    return held;
  });
  auto found = left_behind();
  BOOST_REQUIRE_EQUAL(found.size(), 600u);
  BOOST_TEST((found.back() == run(1, 600)));
}

BOOST_AUTO_TEST_CASE(what_returned_before_the_crash_is_not_left_behind) {
  die_in([](crash_marks& marks) {
    (void)marked(marks, {run(1, 1)}); // its consumer ended
    auto held = std::vector<crash_mark>{};
    held.push_back(marked(marks, {run(1, 2)}));
    held.push_back(marked(marks, {run(1, 3), run(1, 5)}));
    held[0].end();
    held[1].begin(runs{run(1, 4)});
    return held;
  });
  BOOST_TEST((left_behind() == runs{run(1, 4)}));
}

BOOST_AUTO_TEST_CASE(after_a_clean_end_nothing_is_left_behind) {
  {
    auto marks = open();
    auto mark = marked(*marks, {run(1, 5)});
  }
  BOOST_TEST((left_behind() == runs{}));
}

BOOST_AUTO_TEST_CASE(whenever_a_process_is_killed_a_set_is_left_behind_whole_or_not_at_all) {
  for (auto i = 0; i < 50; ++i) {
    die_while_marking();
    auto marks = open();
    BOOST_REQUIRE(is_whole(marks->left_behind()));
    marks->forget_left_behind();
  }
}

BOOST_AUTO_TEST_CASE(in_memory_nothing_is_left_behind) {
  auto marks = crash_marks::in_memory();
  auto mark = marked(*marks, {run(1, 5)});
  marks->forget_left_behind();
  BOOST_TEST((marks->left_behind() == runs{}));
  BOOST_TEST((mark.current() == runs{run(1, 5)}));
}

BOOST_AUTO_TEST_CASE(what_is_not_forgotten_survives_further_crashes) {
  die_at({run(1, 1)});
  die_at({run(1, 2)});
  BOOST_TEST((left_behind() == runs{run(1, 1), run(1, 2)}));
  BOOST_TEST((left_behind() == runs{run(1, 1), run(1, 2)}));
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_gone_for_the_next_process) {
  die_at({run(1, 1)});
  {
    auto marks = open();
    marks->forget_left_behind();
    BOOST_TEST((marks->left_behind() == runs{run(1, 1)}));
  }
  BOOST_TEST((left_behind() == runs{}));
}

BOOST_AUTO_TEST_CASE(forgetting_spares_the_marks_of_this_process) {
  die_at({run(1, 1)});
  die_in([](crash_marks& marks) {
    auto mark = marked(marks, {run(1, 2)});
    marks.forget_left_behind();
    return mark;
  });
  BOOST_TEST((left_behind() == runs{run(1, 2)}));
}

BOOST_AUTO_TEST_CASE(forgotten_slots_are_used_again_and_others_are_not) {
  die_at({run(1, 1)});
  auto marks = open();
  auto all = std::vector<crash_mark>{};
  for (auto i = std::size_t{1}; i < slots_of_first_chunk; ++i)
    all.push_back(marks->acquire());
  BOOST_TEST((left_behind() == runs{run(1, 1)}));
  marks->forget_left_behind();
  all.push_back(marks->acquire());
  BOOST_TEST(size() == chunk);
}

// -- which files --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_file_without_a_byte_becomes_a_marks_file) {
  directory.write("journal.marks", "");
  BOOST_TEST((left_behind() == runs{}));
}

BOOST_AUTO_TEST_CASE(a_file_that_lost_its_bytes_with_the_power_becomes_a_marks_file) {
  directory.write("journal.marks", std::string(chunk, '\0'));
  die_at({run(1, 5)});
  BOOST_TEST((left_behind() == runs{run(1, 5)}));
}

BOOST_AUTO_TEST_CASE(a_run_that_lost_its_bytes_with_the_power_is_left_out) {
  die_at({run(1, 5), run(2, 6)});
  auto bytes = directory.bytes("journal.marks");
  std::fill_n(bytes.begin() + 256 + 8, 24, '\0'); // the first run of the first slot
  directory.write("journal.marks", bytes);
  BOOST_TEST((left_behind() == runs{run(2, 6)}));
}

BOOST_AUTO_TEST_CASE(another_file_is_refused_untouched) {
  auto letter = std::string(chunk, 'x');
  directory.write("journal.marks", letter);
  expect_refused(errc::journal_foreign, "move it away");
  BOOST_TEST((directory.bytes("journal.marks") == letter));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_off_is_refused_untouched) {
  die_at({run(1, 5)});
  for (auto bytes : {std::size_t{1}, chunk - 1, chunk + 1}) {
    std::filesystem::resize_file(path, bytes);
    expect_refused(errc::journal_foreign, "is cut off");
    BOOST_TEST(size() == bytes);
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_no_mark_has_are_refused) {
  die_at({run(1, 5)});
  auto good = directory.bytes("journal.marks");
  for (auto place : {0, 256 + 0, 256 + 8 + 3, 256 + 16 + 5, 256 + 24 + 5}) {
    auto bad = good;
    bad[static_cast<std::size_t>(place)] = '\x7f';
    directory.write("journal.marks", bad);
    expect_refused(errc::journal_foreign, "marks file");
  }
  directory.write("journal.marks", good);
  BOOST_TEST((left_behind() == runs{run(1, 5)}));
}

BOOST_AUTO_TEST_CASE(a_pipe_is_refused) {
  BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  expect_refused(errc::journal_foreign, "is no regular file");
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_an_error) {
  path = directory.file("missing/journal.marks");
  expect_refused(errc::journal_failed, "No such file or directory");
}

BOOST_AUTO_TEST_CASE(every_spelling_of_a_journal_leads_to_the_same_marks) {
  directory.write("journal", "");
  std::filesystem::create_symlink(directory.file("journal"), directory.file("link"));
  BOOST_TEST(marks_path(directory.file("journal")) == path);
  BOOST_TEST(marks_path(directory.file("link")) == path);
  BOOST_TEST(marks_path((directory.path() / "." / "journal").string()) == path);
}

// -- threads ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(threads_never_share_a_slot) {
  auto marks = open();
  auto disturbed = std::atomic{0};
  auto work = [&](std::uint32_t queue) {
    for (auto i = std::uint64_t{1}; i <= 300; ++i) {
      auto some = std::vector<crash_mark>{};
      for (auto j = std::uint64_t{1}; j <= 3; ++j)
        some.push_back(marked(*marks, {run(queue, i, j)}));
      for (auto j = std::uint64_t{1}; j <= 3; ++j)
        disturbed += some[j - 1].current() != runs{run(queue, i, j)};
    }
  };
  {
    auto threads = std::vector<std::jthread>{};
    for (auto queue = std::uint32_t{1}; queue <= 4; ++queue)
      threads.emplace_back(work, queue);
  }
  BOOST_TEST(disturbed == 0);
  BOOST_TEST(size() == chunk);
}

BOOST_AUTO_TEST_CASE(another_thread_sees_whole_sets_only) {
  auto mark = crash_mark{};
  auto writer = std::jthread{[&](std::stop_token stop) {
    for (auto i = std::uint64_t{1}; !stop.stop_requested(); ++i) {
      mark.begin(numbered(i));
      if (i % 3 == 0)
        mark.end();
    }
  }};
  for (auto seen = 0; seen < 100000;) {
    auto found = mark.current();
    seen += !found.empty();
    if (!is_whole(found))
      BOOST_FAIL("half of a set was seen");
  }
}

BOOST_AUTO_TEST_SUITE_END()
