# Toolchain file: Windows programs, 64 bit, by MinGW-w64 on another system.  See mingw.cmake.
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(MINGW_PREFIX x86_64-w64-mingw32)
include(${CMAKE_CURRENT_LIST_DIR}/mingw.cmake)
