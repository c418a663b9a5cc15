# Preset for `cmake -C`: everything with its tests, under ASan and UBSan.
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(FCGICLIENT_SANITIZE address,undefined CACHE STRING "")
set(FCGICLIENT_TESTS ON CACHE BOOL "")
