// The entry point of every test executable; Boost.Test writes main() here.

#define BOOST_TEST_MODULE ferry
#include <boost/test/unit_test.hpp>
