# Toolchain file: static programs for Linux on another processor, by Debian's cross compilers, run by qemu-user.
# PORTABLE_TRIPLET: as the compiler is called (s390x-linux-gnu).  PORTABLE_PREFIX: the folder that libraries.sh has filled.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${PORTABLE_TRIPLET}-gcc)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PORTABLE_TRIPLET PORTABLE_PREFIX)
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR ${PORTABLE_TRIPLET})

set(CMAKE_FIND_ROOT_PATH ${PORTABLE_PREFIX} /usr/${PORTABLE_TRIPLET})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "${PORTABLE_PREFIX}/pkgconfig")

# Static: nothing of the other system needs to be there at run time.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_C_STANDARD_LIBRARIES "-lm")
if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL i686) # which this kernel runs
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${CMAKE_SYSTEM_PROCESSOR})
endif()
