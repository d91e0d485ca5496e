// The entry point of every test executable.

#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
  auto name_the_suites = [] {
    boost::unit_test::framework::master_test_suite().p_name.value = "ferry";
    return true;
  };
  return boost::unit_test::unit_test_main(name_the_suites, argc, argv);
}
