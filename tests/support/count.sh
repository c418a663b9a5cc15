# count.sh: for scripts: how many checks of a run of ctest passed, failed, were skipped.  Sourced.

# count LOG...: three numbers.  Adds up ctest's logs: what Check programs and scripts count themselves, else one for each program.
# Of one that ran again the last run counts.
count() {
  awk '
    function close_test() {
      if (name == "") return
      passed[name] = failed[name] = skipped[name] = 0
      if (verdict == "Skipped" || (checks == 0 && says_skipped)) skipped[name] = 1
      else if (checks == 0) { if (verdict == "Passed") passed[name] = 1; else failed[name] = 1 }
      else { passed[name] = checks - bad; failed[name] = bad; if (verdict != "Passed" && bad == 0) failed[name] = 1 }
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
    END {
      close_test()
      for (name in passed) { p += passed[name]; f += failed[name]; s += skipped[name] }
      printf "%d %d %d\n", p, f, s
    }' "$@"
}
