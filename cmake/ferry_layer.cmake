# ferry_add_layer(<name> HEADERS <file>... [INTERNAL_HEADERS <file>...] SOURCES <file>...)
#
# Defines ferry_<name>, alias ferry::<name>. The current folder is the layer's
# include root, so an include text names the layer it comes from. The headers are
# what gets installed; internal headers need what the layer links privately.
#
# Every installed header compiles on its own. One that has a source of its name is tried by it:
# a source includes its own header first (tests/architecture/include_rules.cmake), and
# layers are built without precompiled headers. FERRY_VERIFY_HEADERS compiles the rest
# one by one.
function(ferry_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "HEADERS;INTERNAL_HEADERS;SOURCES")
  set(target ferry_${name})
  list(TRANSFORM layer_SOURCES REPLACE "\\.cpp$" ".hpp" OUTPUT_VARIABLE headers_of_sources)
  set(headers_without_source ${layer_HEADERS})
  list(REMOVE_ITEM headers_without_source ${headers_of_sources})
  list(REMOVE_ITEM layer_HEADERS ${headers_without_source})
  add_library(${target} ${layer_SOURCES} ${layer_INTERNAL_HEADERS})
  add_library(ferry::${name} ALIAS ${target})
  target_sources(
    ${target}
    PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}" FILES ${layer_HEADERS}
    PUBLIC FILE_SET headers_without_source TYPE HEADERS BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}"
                                           FILES ${headers_without_source})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:ferry_options>)
  set_target_properties(
    ${target}
    PROPERTIES EXPORT_NAME ${name}
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
               CXX_EXTENSIONS OFF
               POSITION_INDEPENDENT_CODE ON
               VERIFY_INTERFACE_HEADER_SETS ${FERRY_VERIFY_HEADERS}
               INTERFACE_HEADER_SETS_TO_VERIFY headers_without_source)
endfunction()
