# Preset for `cmake -C`: Windows, 32 bit, by MinGW-w64; -DFCGICLIENT_WINDOWS_PREFIX= says where libuv is.
set(CMAKE_TOOLCHAIN_FILE "${CMAKE_CURRENT_LIST_DIR}/mingw-i686.cmake" CACHE FILEPATH "")
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
