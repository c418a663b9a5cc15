# What `cmake --install` copies.  Nothing in the installed tree names the prefix, so that the tree can be moved.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/fcgiclient)

if(NOT FCGICLIENT_CONFIG)
  set(left_out REGEX "config\\.[h35]$" EXCLUDE)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/fcgiclient DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" ${left_out})
if(UNIX AND FCGICLIENT_HARNESS)
  install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
endif()
install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man3 FILES_MATCHING PATTERN "*.3" ${left_out})
install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 FILES_MATCHING PATTERN "*.5" ${left_out})
install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man7 FILES_MATCHING PATTERN "*.7")
install(DIRECTORY man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 FILES_MATCHING PATTERN "*.8")
if(TARGET fcl-guardian)
  install(TARGETS fcl-guardian RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/fcgiclient)
endif()

# Each library in an export set of its own, so that a package of one alone is whole.
foreach(target IN ITEMS fcgiclient fcgiclient_static)
  if(TARGET ${target})
    get_target_property(name ${target} EXPORT_NAME)
    install(TARGETS ${target} EXPORT fcgiclient-${name}
      RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
      LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
      ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(EXPORT fcgiclient-${name} NAMESPACE fcgiclient:: DESTINATION ${package_dir})
  endif()
endforeach()

set(FCGICLIENT_HAS_EXPAT OFF)
set(pc_expat)
if(FCGICLIENT_CONFIG AND EXPAT_FOUND)
  set(FCGICLIENT_HAS_EXPAT ON)
  set(pc_expat ", expat")
endif()
configure_package_config_file(packaging/fcgiclientConfig.cmake.in fcgiclientConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(fcgiclientConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES Findlibuv.cmake ${CMAKE_CURRENT_BINARY_DIR}/fcgiclientConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/fcgiclientConfigVersion.cmake DESTINATION ${package_dir})

# pkg-config: relative to the folder of the .pc file, unless the caller chose absolute folders.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(pc_libdir ${CMAKE_INSTALL_FULL_LIBDIR})
  set(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  file(RELATIVE_PATH to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  set(pc_prefix "\${pcfiledir}/${to_prefix}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(packaging/fcgiclient.pc.in fcgiclient.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/fcgiclient.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
