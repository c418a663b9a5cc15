# What both MinGW-w64 toolchain files share: MINGW_PREFIX (x86_64-w64-mingw32) says which compiler.
# FCGICLIENT_WINDOWS_PREFIX: the folder that libuv, Check, expat and cJSON were built into, if it is not on CMAKE_PREFIX_PATH.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_C_COMPILER ${MINGW_PREFIX}-gcc)
set(CMAKE_CXX_COMPILER ${MINGW_PREFIX}-g++)
set(CMAKE_RC_COMPILER ${MINGW_PREFIX}-windres)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FCGICLIENT_WINDOWS_PREFIX)

set(CMAKE_FIND_ROOT_PATH /usr/${MINGW_PREFIX} ${FCGICLIENT_WINDOWS_PREFIX} ${CMAKE_PREFIX_PATH})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# pkg-config must not find this machine's own.
set(ENV{PKG_CONFIG_LIBDIR} "${FCGICLIENT_WINDOWS_PREFIX}/lib/pkgconfig")

# Nothing of the compiler's needs to be there at run time.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-static")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-static")

# ctest runs what was built, where Wine is installed.
find_program(FCGICLIENT_WINE NAMES wine64 wine PATHS /usr/lib/wine)
mark_as_advanced(FCGICLIENT_WINE)
if(FCGICLIENT_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${FCGICLIENT_WINE})
endif()
