# How everything here is compiled for Windows: Windows 7 is the oldest that it runs on, calls of the system take UTF-16, and
# printf is C99's whatever the C library.
add_compile_definitions(_WIN32_WINNT=0x0601 UNICODE _UNICODE WIN32_LEAN_AND_MEAN)
if(MINGW)
  add_compile_definitions(__USE_MINGW_ANSI_STDIO=1)
  if(CMAKE_EXE_LINKER_FLAGS MATCHES "-static")
    set(CMAKE_FIND_LIBRARY_SUFFIXES .a .dll.a .lib)
  endif()
endif()
if(MSVC)
  add_compile_definitions(_CRT_SECURE_NO_WARNINGS _CRT_NONSTDC_NO_WARNINGS)
  add_compile_options(/W4 /utf-8)
endif()

# What programs are linked with: program.manifest, as a resource.
set(FCGICLIENT_MANIFEST)
if(MINGW AND CMAKE_RC_COMPILER)
  set(FCGICLIENT_MANIFEST ${PROJECT_BINARY_DIR}/program_manifest.o)
  execute_process(COMMAND ${CMAKE_RC_COMPILER} -O coff program.rc ${FCGICLIENT_MANIFEST}
    WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR} COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/program.rc
    ${CMAKE_CURRENT_LIST_DIR}/program.manifest)
endif()
