# Preset for `cmake -C`: Windows by Visual Studio, the library alone.  Not tried: see README.md.
foreach(part EXAMPLES HARNESS ISAPI TESTS)
  set(FCGICLIENT_${part} OFF CACHE BOOL "")
endforeach()
