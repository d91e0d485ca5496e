#include "benchmarks/report.hpp"

#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

namespace {

using namespace ferry::benchmarks;

struct report_fixture {
  plan done{{find_scenario("durable_round_trip")}, 3, {.messages = 50}, "."};
  results measured{{"durable_round_trip",
                    {{{"messages", 50.0}, {"rate", 111.0}, {"peak_mib", 7.5}},
                     {{"messages", 50.0}, {"rate", 222.0}, {"peak_mib", 8.5}},
                     {{"messages", 50.0}, {"rate", 333.0}, {"open_s", 0.25}}}}};

  bool shows(const std::string& text) const {
    return table(done, measured).find(text) != std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(report_suite, report_fixture)

BOOST_AUTO_TEST_CASE(a_scenario_has_one_line_with_its_median_run) {
  BOOST_TEST(shows(" 222 "));
  BOOST_TEST(shows("8.5\n"));
  BOOST_TEST(!shows(" 111 "));
  BOOST_TEST(!shows("open_s"));
}

BOOST_AUTO_TEST_CASE(a_column_without_a_meaning_shows_a_dash) {
  BOOST_TEST(shows("       -       -       -"));
}

BOOST_AUTO_TEST_CASE(a_figure_without_a_column_stands_behind_with_its_name) {
  measured["durable_round_trip"].erase(measured["durable_round_trip"].begin(),
                                       measured["durable_round_trip"].begin() + 2);
  BOOST_TEST(shows("  open_s 0.25\n"));
}

BOOST_AUTO_TEST_CASE(goals_are_shown_where_both_sides_were_measured) {
  BOOST_TEST(!shows("missed"));
  measured["bare_sqlite_loop"] = {{{"rate", 444.0}}};
  BOOST_TEST(shows("0.5  at least 1        missed"));
}

BOOST_AUTO_TEST_CASE(json_lines_hold_the_median_beside_the_main_figures_of_all_runs) {
  auto line = nlohmann::json::parse(json_lines(done, measured));
  BOOST_TEST(line["scenario"] == "durable_round_trip");
  BOOST_TEST(line["settings"]["messages"] == 50);
  BOOST_TEST(line["median"]["rate"] == 222.0);
  BOOST_TEST((line["runs"] == nlohmann::json{111.0, 222.0, 333.0}));
}

BOOST_AUTO_TEST_SUITE_END()
