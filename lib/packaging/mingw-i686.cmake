# Toolchain file: Windows programs, 32 bit, by MinGW-w64 on another system.  See mingw.cmake.
set(CMAKE_SYSTEM_PROCESSOR i686)
set(MINGW_PREFIX i686-w64-mingw32)
include(${CMAKE_CURRENT_LIST_DIR}/mingw.cmake)
