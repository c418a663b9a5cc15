# Where the library looks for fcl-guardian, as definitions for platform/posix: relative to the folder of the shared library
# (installed, then in a build tree), then where this build will have it.
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBEXECDIR}")
  file(RELATIVE_PATH to_libexec "/${CMAKE_INSTALL_LIBDIR}" "/${CMAKE_INSTALL_LIBEXECDIR}")
else()
  file(RELATIVE_PATH to_libexec ${CMAKE_INSTALL_FULL_LIBDIR} ${CMAKE_INSTALL_FULL_LIBEXECDIR})
endif()
if(FCGICLIENT_INSTALL)
  set(guardian_path ${CMAKE_INSTALL_FULL_LIBEXECDIR}/fcgiclient/fcl-guardian)
else()
  set(guardian_path ${PROJECT_BINARY_DIR}/bin/fcl-guardian)
endif()
target_compile_definitions(fcgiclient_objects PRIVATE
  FCGICLIENT_GUARDIAN_RELATIVE="${to_libexec}/fcgiclient/fcl-guardian"
  FCGICLIENT_GUARDIAN_BUILD_RELATIVE="../bin/fcl-guardian"
  FCGICLIENT_GUARDIAN_PATH="${guardian_path}")
