# ferry_add_example(<name> [LINKS <target>...])
#
# Builds <name>.cpp of the current folder and, where tests are built, runs it and
# compares what it prints with the "Expected output" of its head comment.
function(ferry_add_example name)
  cmake_parse_arguments(PARSE_ARGV 1 example "" "" "LINKS")
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ferry::actors ferry_options ${example_LINKS})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  if(FERRY_BUILD_TESTS)
    add_test(
      NAME example_${name}
      COMMAND
        "${CMAKE_COMMAND}" -DPROGRAM=$<TARGET_FILE:${name}>
        -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp
        -DSCRATCH=${CMAKE_CURRENT_BINARY_DIR}/${name}.run -P
        "${PROJECT_SOURCE_DIR}/cmake/compare_example_output.cmake")
    set_tests_properties(example_${name} PROPERTIES LABELS example TIMEOUT 60)
  endif()
endfunction()
