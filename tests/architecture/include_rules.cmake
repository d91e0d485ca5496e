# Who may include whom: examples -> actors -> persistence -> framework -> std.
#
#   cmake -DROOT=<tree> -P include_rules.cmake
#
# Reads every header and source of the tree and names each line that breaks a rule.
# Text behind // is ignored.

cmake_minimum_required(VERSION 3.25)

# -- the rules -----------------------------------------------------------------

set(threads_and_io
    condition_variable filesystem fstream future iostream mutex shared_mutex thread)
set(clocks_and_dice "(system|steady|high_resolution)_clock|::now *\\(|random_device")
set(user_headers "ferry/((broker|config|consumer|delivery|producer|supervisor)|actors/protocol|codec/[a-z0-9_]+)\\.hpp")
set(net_headers "ferry/net/(dialing|gate|net_thread|peer_stream|stream_socket|tls_files)\\.hpp")

# Sets `why` where the framework file may not include `header` of `layer`.
function(judge_framework file header layer)
  get_filename_component(folder "${file}" DIRECTORY)
  string(REGEX REPLACE "^framework/?" "" folder "${folder}")
  get_filename_component(target "${header}" DIRECTORY)
  if(layer STREQUAL "std")
    if(header IN_LIST threads_and_io)
      set(why "the framework knows no threads and no input or output" PARENT_SCOPE)
    endif()
  elseif(header MATCHES "^msgpack")
    if(NOT folder STREQUAL "ferry/codec")
      set(why "only framework/ferry/codec knows MessagePack" PARENT_SCOPE)
    endif()
  elseif(NOT layer STREQUAL "framework")
    set(why "the framework knows only itself and the standard library" PARENT_SCOPE)
  elseif(target STREQUAL folder OR target STREQUAL "ferry")
    # its own folder, or the common vocabulary
  elseif(header MATCHES "^ferry/(retry/(retry_policy|failure_rules)|supervision/supervision_config)\\.hpp$")
    # part of the vocabulary, because config.hpp speaks of it
  elseif("${folder} uses ${target}" MATCHES "^ferry/queue uses ferry/(retry|metrics)$")
    # a queue's rules contain the retry's, and its figures are plain values
  elseif("${folder} uses ${target}" MATCHES "^ferry/link uses ferry/(codec|consumer|retry)$")
    # the first words of a link are MessagePack, what a stranger says is shortened, and
    # what consumers are handed travels
  else()
    set(why "sibling folders of the framework do not know each other" PARENT_SCOPE)
  endif()
endfunction()

function(judge_persistence file header layer)
  if(header MATCHES "^(SQLiteCpp/|sqlite3)")
    if(NOT file MATCHES "/sqlite_[^/]*$")
      set(why "only sqlite_* files know SQLite" PARENT_SCOPE)
    endif()
  elseif(layer STREQUAL "actors" OR header MATCHES "^(boost|caf)/")
    set(why "persistence knows the framework and its storage, and no actors" PARENT_SCOPE)
  endif()
endfunction()

# actors/ferry/net is a library of its own: sockets and TLS, and no actors. Only its
# public headers are for others, and they show neither Asio nor OpenSSL.
function(judge_net file header layer)
  if(layer STREQUAL "std" OR layer STREQUAL "framework")
    # anywhere
  elseif(file MATCHES "/${net_headers}$")
    if(NOT header MATCHES "^${net_headers}$")
      set(why "net's public headers show neither its inside nor its libraries" PARENT_SCOPE)
    endif()
  elseif(NOT header MATCHES "^(ferry/net|boost/asio|openssl|netinet|sys)/" AND NOT header MATCHES
                                                                             "^[a-z]+\\.h$")
    set(why "net knows only the framework, sockets, Asio and OpenSSL" PARENT_SCOPE)
  endif()
endfunction()

function(judge_actors file header layer)
  if(file MATCHES "^actors/ferry/net/")
    judge_net("${file}" "${header}" "${layer}")
    set(why "${why}" PARENT_SCOPE)
  elseif(header MATCHES "^ferry/net/" AND NOT header MATCHES "^${net_headers}$")
    set(why "only net's public headers are for others" PARENT_SCOPE)
  elseif(header MATCHES "^ferry/persistence/sqlite_")
    if(NOT file STREQUAL "actors/ferry/broker.cpp")
      set(why "only broker.cpp chooses the journal" PARENT_SCOPE)
    endif()
  elseif(header MATCHES "^prometheus/")
    if(NOT file STREQUAL "actors/ferry/prometheus.cpp")
      set(why "only prometheus.cpp knows prometheus-cpp" PARENT_SCOPE)
    endif()
  elseif("${file} asks ${header}" STREQUAL "actors/ferry/nodes/node_name.cpp asks unistd.h")
    # for the names of the host and the process
  elseif(NOT layer MATCHES "^(std|framework|persistence|actors)$" AND NOT header MATCHES "^caf/")
    set(why "actors know only the framework, the journal's port and CAF" PARENT_SCOPE)
  endif()
endfunction()

function(judge_examples file header layer)
  if(header MATCHES "^ferry/" AND NOT header MATCHES "^${user_headers}$")
    set(why "examples include only what users include" PARENT_SCOPE)
  endif()
endfunction()

# Sets `why` where `text`, a line of code, has no place in `file`.
function(judge_text file text)
  string(REPLACE "system_clock::time_point" "" use "${text}") # the type reads no clock
  if(file MATCHES "^framework/" AND use MATCHES "${clocks_and_dice}")
    set(why "only shells read clocks and roll dice, so pass the value" PARENT_SCOPE)
  elseif(file MATCHES "^actors/" AND text MATCHES "CAF_VERSION" AND NOT file MATCHES
                                                                    "/caf_compat\\.hpp$")
    set(why "only caf_compat.hpp knows that there are two CAFs" PARENT_SCOPE)
  endif()
endfunction()

# -- reading -------------------------------------------------------------------

# Sets `layer` to the folder whose include root holds `header`, to `std` for
# <vector> and the like, and to `other` for everything else.
function(find_layer header)
  set(layer "other")
  foreach(candidate framework persistence actors)
    if(EXISTS "${ROOT}/${candidate}/${header}")
      set(layer ${candidate})
    endif()
  endforeach()
  if(header MATCHES "^[a-z_0-9]+$")
    set(layer "std")
  endif()
  set(layer ${layer} PARENT_SCOPE)
endfunction()

# A source includes its own header first, so that compiling it proves that the header
# needs nothing before it.
function(judge_order file lines)
  string(REGEX REPLACE "^[a-z]+/(.*)\\.cpp$" "\\1.hpp" own "${file}")
  string(REGEX MATCH "^[a-z]+" folder "${file}")
  if(NOT file MATCHES "\\.cpp$" OR NOT EXISTS "${ROOT}/${folder}/${own}")
    return()
  endif()
  list(FILTER lines INCLUDE REGEX "^[ \t]*#[ \t]*include")
  list(POP_FRONT lines first)
  get_filename_component(name "${own}" NAME)
  if(NOT first MATCHES "\"(${own}|${name})\"")
    set_property(GLOBAL APPEND PROPERTY violations "${file}: a source includes its own header first")
  endif()
endfunction()

function(judge_line file number text)
  set(why "")
  if(text MATCHES "^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"]+)[>\"]")
    set(header "${CMAKE_MATCH_1}")
    set(what "includes ${header}")
    find_layer("${header}")
    string(REGEX MATCH "^[a-z]+" folder "${file}")
    cmake_language(CALL judge_${folder} "${file}" "${header}" "${layer}")
  else()
    string(STRIP "${text}" what)
    judge_text("${file}" "${text}")
  endif()
  if(why)
    set_property(GLOBAL APPEND PROPERTY violations "${file}:${number}: ${what}: ${why}")
  endif()
endfunction()

function(judge_file file)
  file(READ "${ROOT}/${file}" text)
  # characters that mean something in a CMake list, and nothing to any rule
  string(REGEX REPLACE "[][;\\\\]" " " text "${text}")
  string(REPLACE "\n" ";" lines "${text}")
  judge_order("${file}" "${lines}")
  set(number 0)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    string(REGEX REPLACE "//.*" "" line "${line}")
    if(line)
      judge_line("${file}" ${number} "${line}")
    endif()
  endforeach()
endfunction()

# -- verdict -------------------------------------------------------------------

set(files "")
foreach(folder framework persistence actors examples)
  file(GLOB_RECURSE found RELATIVE "${ROOT}" "${ROOT}/${folder}/*.hpp" "${ROOT}/${folder}/*.cpp")
  list(APPEND files ${found})
endforeach()
if(NOT files)
  message(FATAL_ERROR "no source file below \"${ROOT}\"; pass -DROOT=<the source tree>")
endif()

foreach(file IN LISTS files)
  judge_file("${file}")
endforeach()

get_property(violations GLOBAL PROPERTY violations)
if(violations)
  list(JOIN violations "\n" text)
  message(NOTICE "${text}")
  message(FATAL_ERROR "the include rules are broken, see above")
endif()
