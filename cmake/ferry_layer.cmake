# ferry_add_layer(<name> HEADERS <file>... [INTERNAL_HEADERS <file>...] SOURCES <file>...)
#
# Defines ferry_<name>, alias ferry::<name>. The current folder is the layer's
# include root, so an include text names the layer it comes from. The headers are
# what gets installed and what FERRY_VERIFY_HEADERS compiles one by one; internal
# headers need what the layer links privately.
function(ferry_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "HEADERS;INTERNAL_HEADERS;SOURCES")
  set(target ferry_${name})
  add_library(${target} ${layer_SOURCES} ${layer_INTERNAL_HEADERS})
  add_library(ferry::${name} ALIAS ${target})
  target_sources(
    ${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}"
                     FILES ${layer_HEADERS})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:ferry_options>)
  set_target_properties(
    ${target}
    PROPERTIES EXPORT_NAME ${name}
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
               CXX_EXTENSIONS OFF
               POSITION_INDEPENDENT_CODE ON
               VERIFY_INTERFACE_HEADER_SETS ${FERRY_VERIFY_HEADERS})
endfunction()
