# MessagePack for C++, headers only: MsgPack::cxx.
#
# Found by header, because the packages of its versions differ in name. Its use of
# Boost is switched off: ferry's codecs need none of it.

find_path(MsgPackCxx_INCLUDE_DIR NAMES msgpack.hpp)
mark_as_advanced(MsgPackCxx_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MsgPackCxx REQUIRED_VARS MsgPackCxx_INCLUDE_DIR)

if(MsgPackCxx_FOUND AND NOT TARGET MsgPack::cxx)
  add_library(MsgPack::cxx INTERFACE IMPORTED)
  target_include_directories(MsgPack::cxx INTERFACE "${MsgPackCxx_INCLUDE_DIR}")
  target_compile_definitions(MsgPack::cxx INTERFACE MSGPACK_NO_BOOST)
endif()
