# count.sh: for scripts: how many checks of a run of ctest passed, failed, were skipped.  Sourced.

# count LOG: three numbers.  Adds up a ctest log: what Check programs and scripts count themselves, else one for each program.
count() {
  awk '
    function close_test() {
      if (name == "") return
      if (verdict == "Skipped" || (checks == 0 && says_skipped)) skipped++
      else if (checks == 0) { if (verdict == "Passed") passed++; else failed++ }
      else { passed += checks - bad; failed += bad; if (verdict != "Passed" && bad == 0) failed++ }
      name = ""
    }
    /^[0-9]+\/[0-9]+ Testing: / { close_test(); name = $3; verdict = "Failed"; checks = bad = says_skipped = 0 }
    /Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+/ {
      split(substr($0, index($0, "Checks: ")), n, /[^0-9]+/)
      checks += n[2]; bad += n[3] + n[4]
    }
    /(^|: )skipped: / { says_skipped = 1 } # CMake 3.25 writes that it has passed
    /^Test Passed\.$/ { verdict = "Passed" }
    /^Test Skipped\.$|^Test not run/ { verdict = "Skipped" }
    END { close_test(); printf "%d %d %d\n", passed, failed, skipped }' "$1"
}
