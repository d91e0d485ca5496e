# No test case is forgotten: the top-level suites of a test executable are those
# that ferry_add_suites() registered. A case outside of any suite stands out too.
#
#   cmake -DEXECUTABLE=<path> -DSUITES=<a,b,c> -P registered_suites.cmake

cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND "${EXECUTABLE}" --list_content
  RESULT_VARIABLE status
  ERROR_VARIABLE content) # Boost.Test lists to the standard error output
if(NOT status EQUAL 0)
  message(FATAL_ERROR "\"${EXECUTABLE}\" cannot list its suites: ${content}")
endif()

# "name*" at the left margin is an enabled top-level suite or case
string(REGEX MATCHALL "\n[A-Za-z0-9_]+" present "\n${content}")
string(REPLACE "\n" "" present "${present}")
string(REPLACE "," ";" registered "${SUITES}")
list(SORT present)
list(SORT registered)

if(NOT present STREQUAL registered)
  set(unregistered ${present})
  list(REMOVE_ITEM unregistered ${registered})
  set(missing ${registered})
  list(REMOVE_ITEM missing ${present})
  list(JOIN unregistered ", " unregistered)
  list(JOIN missing ", " missing)
  message(FATAL_ERROR "in the executable, but in no ferry_add_suites(): ${unregistered}\n"
                      "in ferry_add_suites(), but not in the executable: ${missing}")
endif()
