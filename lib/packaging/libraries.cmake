# The shared and the static library, both made of the same objects, under the names that users link:
# fcgiclient::shared, fcgiclient::static, and fcgiclient::fcgiclient for the one BUILD_SHARED_LIBS prefers.
function(fcgiclient_library target export_name)
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PRIVATE libuv::libuv Threads::Threads ${CMAKE_DL_LIBS})
  if(FCGICLIENT_CONFIG AND EXPAT_FOUND)
    target_link_libraries(${target} PRIVATE EXPAT::EXPAT)
  endif()
  set_target_properties(${target} PROPERTIES OUTPUT_NAME fcgiclient EXPORT_NAME ${export_name} LINKER_LANGUAGE C)
  add_library(fcgiclient::${export_name} ALIAS ${target})
endfunction()

if(FCGICLIENT_SHARED)
  add_library(fcgiclient SHARED $<TARGET_OBJECTS:fcgiclient_objects>)
  fcgiclient_library(fcgiclient shared)
  set_target_properties(fcgiclient PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${FCGICLIENT_ABI})
  target_compile_definitions(fcgiclient INTERFACE FCGICLIENT_SHARED)
  if(WIN32) # the names that the headers mark; what links the static library exports nothing by itself
    include(${CMAKE_CURRENT_LIST_DIR}/exports.cmake)
    target_sources(fcgiclient PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/fcgiclient.def)
  elseif(NOT APPLE)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/fcgiclient.map.in fcgiclient.map @ONLY)
    target_link_options(fcgiclient PRIVATE -Wl,--version-script,${CMAKE_CURRENT_BINARY_DIR}/fcgiclient.map)
    set_target_properties(fcgiclient PROPERTIES LINK_DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/fcgiclient.map)
    if(NOT FCGICLIENT_SANITIZE AND NOT FCGICLIENT_FUZZ) # clang leaves the sanitizers' names to the program
      target_link_options(fcgiclient PRIVATE -Wl,--no-undefined)
    endif()
  endif()
endif()

if(FCGICLIENT_STATIC)
  add_library(fcgiclient_static STATIC $<TARGET_OBJECTS:fcgiclient_objects>)
  fcgiclient_library(fcgiclient_static static)
  if(MSVC) # the import library of the shared one has the plain name
    set_target_properties(fcgiclient_static PROPERTIES OUTPUT_NAME fcgiclient_static)
  endif()
endif()

if(FCGICLIENT_SHARED AND (NOT FCGICLIENT_STATIC OR NOT DEFINED BUILD_SHARED_LIBS OR BUILD_SHARED_LIBS))
  add_library(fcgiclient::fcgiclient ALIAS fcgiclient)
else()
  add_library(fcgiclient::fcgiclient ALIAS fcgiclient_static)
endif()
