# `fcgi check`, as a part of the command fcgi; its PHP probe is built in, and all probes are installed.
set(check ${PROJECT_SOURCE_DIR}/adapters/harness/check)
file(READ ${check}/probes/probe.php probe_php)
string(REPLACE "\\" "\\\\" probe_php "${probe_php}")
string(REPLACE "\"" "\\\"" probe_php "${probe_php}")
string(REPLACE "\n" "\\n\"\n  \"" probe_php "${probe_php}")
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/probe_php.c @ONLY CONTENT
  "/* probe_php.c: made from probes/probe.php. */\nextern const char check_probe_php[];\nconst char check_probe_php[] = \"@probe_php@\";\n")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${check}/probes/probe.php)
foreach(name run show groups subject host reader bytes ask values probe
    case_records case_streams case_roles case_connections case_values
    case_multiplexing case_aborts case_limits case_responses case_robustness)
  target_sources(fcgi PRIVATE ${check}/${name}.c)
endforeach()
target_sources(fcgi PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/probe_php.c)
if(FCGICLIENT_INSTALL)
  install(DIRECTORY ${check}/probes DESTINATION ${CMAKE_INSTALL_DATADIR}/fcgiclient)
endif()
