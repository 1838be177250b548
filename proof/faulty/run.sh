#!/usr/bin/env bash
# Seeded faults. Each patch in this folder makes one mistake and names the test that has to notice:
#
#   fault:    what is wrong, in a line
#   promise:  the promise that it breaks
#   test:     module, test class, perhaps #method     or     jcstress: test class
#
# Each is applied in a scratch copy of HEAD, and the named test runs. Red is what that test itself reports: a failed
# test of that name, for jcstress a forbidden result. Anything else fails the script: a test that stays green, that is not
# there, crashes, cannot link or takes too long, a patch that no longer applies or compiles. Before that all named tests
# run without a patch, and must be green.
#
#   run.sh [-n] [patch ...]    names or parts of names; all by default; -n leaves out the run without a patch
#   run.sh -l                  lists them
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

field() { sed -n "s/^$1: *//p" "$2"; } # of a patch's heading

if [ "${1:-}" = -l ]; then
  for patch in "$here"/*.patch; do
    printf '%s\n    %s\n    %s -> %s%s\n' "$(basename "$patch" .patch)" "$(field fault "$patch")" "$(field promise "$patch")" \
      "$(field test "$patch")" "$(field jcstress "$patch" | sed 's/^/jcstress /')"
  done
  exit
fi

green=yes
if [ "${1:-}" = -n ]; then
  green=no
  shift
fi
patches=()
for patch in "$here"/*.patch; do
  name=$(basename "$patch" .patch)
  for wanted in "${@:-$name}"; do
    if [[ $name == *"$wanted"* ]]; then
      patches+=("$patch")
      break
    fi
  done
done
[ ${#patches[@]} -gt 0 ] || { echo "no patch is called like that: $*" >&2; exit 2; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git -C "$root" archive HEAD | tar -x -C "$scratch"
cd "$scratch"
log=$scratch/log

modules_of() { sed -n 's#^+++ b/\([^/]*\)/.*#\1#p' "$1" | sort -u | paste -sd,; }

# Without Error Prone, the formatter and the rules on dependencies: they are no part of the question. Slow tests too.
# Only the sources that were touched are compiled: a patch changes bodies, and nothing that others compile against.
quick_mvn() {
  timeout -k 10 900 mvn -B -ntp -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Denforcer.skip -Dspotless.check.skip \
    -Dmaven.javadoc.skip -Dmaven.source.skip -Dtests.excludedTags=none -Dsurefire.failIfNoSpecifiedTests=false -Dsurefire.timeout=600 \
    -Dmaven.compiler.useIncrementalCompilation=false \
    '-Derrorprone.main=-XepDisableAllChecks' '-Derrorprone.test=-XepDisableAllChecks' "$@" >"$log" 2>&1
}

# Runs the tests that the arguments name, with what they need, and prepares the ground for named_tests.
run_tests() {
  find . -name surefire-reports -prune -exec rm -rf {} +
  quick_mvn test "$@"
}

# What the reports say of a test ("class" or "class#method"): lines of "passed", "failed" or "broken", and the method. An
# error of linkage is no finding of a test, it is a patch that does not fit. An error before or after all has no method.
named_tests() {
  find . -path '*/surefire-reports/TEST-*.xml' -exec cat {} + 2>/dev/null | awk -v class="${1%%#*}" -v method="$(sed -n 's/.*#//p' <<<"$1")" '
    function attribute(key) { match($0, " " key "=\"[^\"]*"); return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3) }
    function say() { if (mine) print state, name; mine = 0 }
    /<testcase / {
      say()
      name = attribute("name"); sub(/[^A-Za-z0-9_$].*/, "", name)
      in_class = attribute("classname")
      mine = name != "" && (in_class == class || index(in_class, class "$") == 1) && (method == "" || name == method)
      state = "passed"
    }
    /<skipped/ { mine = 0 }
    /<(failure|error)[ >]/ { state = attribute("type") ~ /NoSuch(Method|Field)Error|NoClassDefFound|IncompatibleClassChange|AbstractMethod|IllegalAccessError|VerifyError|LinkageError/ ? "broken" : "failed" }
    END { say() }'
}

# What is to be said of a run of a named test, by the exit code and the reports: sets outcome and noticed.
judge_tests() {
  local rc=$1 test=$2 ran failed
  ran=$(named_tests "$test")
  failed=$(sed -n 's/^failed //p' <<<"$ran" | sort -u)
  noticed=
  if [ -n "$failed" ]; then
    outcome=red
    noticed=$(sed 's/#.*//; s/.*\.//' <<<"$test").$(head -1 <<<"$failed")
    [ "$(wc -l <<<"$failed")" = 1 ] || noticed+=" and $(($(wc -l <<<"$failed") - 1)) more"
  elif [ "$rc" = 124 ] || [ "$rc" = 137 ]; then
    outcome='TIME-OUT'
  elif grep -q 'COMPILATION ERROR' "$log"; then
    outcome='NO BUILD'
  elif [ "$rc" = 0 ] && [ -n "$ran" ]; then
    outcome=GREEN
  else
    outcome='NO TEST'
    noticed="no failure of $test, exit code $rc"
  fi
}

jcstress() {
  local rc=0
  mkdir -p jcstress-run
  (cd jcstress-run && timeout -k 10 600 "$java" -cp "$1$scratch/jcstress/target/jcstress.jar" org.openjdk.jcstress.Main -t "\\.($2)\$" -m quick -sc false \
    -jvmArgs "-XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM" -iters 10 -time 500) >"$log" 2>&1 || rc=$?
  rm -rf jcstress-run
  return $rc
}

# The same for jcstress. It ends with 0 too where no test is called like that, and not with 0 where its own machines crash.
judge_jcstress() {
  local rc=$1 test=$2
  noticed=
  if grep -qE "^[A-Za-z0-9_.]+\\.($test) \\[.*: Observed forbidden state" "$log"; then
    outcome=red
    noticed="jcstress $test"
  elif [ "$rc" = 124 ] || [ "$rc" = 137 ]; then
    outcome='TIME-OUT'
  elif [ "$rc" = 0 ] && [ "$(jcstress_passed)" -gt 0 ]; then
    outcome=GREEN
  else
    outcome='NO TEST'
    noticed="nothing forbidden in $test, exit code $rc"
  fi
}

# How many tests of the last run of jcstress ended as they may.
jcstress_passed() { sed -nE 's/^ *(Interesting|All remaining) tests: ([0-9]+) matching.*/\2/p' "$log" | awk '{ n += $1 } END { print n + 0 }'; }

tests=$(for patch in "${patches[@]}"; do field test "$patch"; done)
stress=$(for patch in "${patches[@]}"; do field jcstress "$patch"; done)

if [ -n "$stress" ]; then
  quick_mvn package -Dmaven.test.skip=true -Pjcstress -am -pl jcstress || { cat "$log"; exit 1; }
fi
if [ -n "$tests" ]; then
  modules=$(awk '{ print $1 }' <<<"$tests" | sort -u | paste -sd,)
  quick_mvn test-compile -am -pl "$modules" || { cat "$log"; exit 1; }
  if [ $green = yes ]; then
    names=$(awk '{ print $2 }' <<<"$tests" | sort -u)
    rc=0
    run_tests -am -pl "$modules" "-Dtest=$(paste -sd, <<<"$names")" || rc=$?
    for test in $names; do
      judge_tests "$rc" "$test"
      [ "$outcome" = GREEN ] || { cat "$log"; echo "without a patch $test is not green: $outcome $noticed"; exit 1; }
    done
  fi
fi
if [ -n "$stress" ] && [ $green = yes ]; then
  names=$(sort -u <<<"$stress")
  jcstress "" "$(paste -sd'|' <<<"$names")" || { cat "$log"; echo "jcstress is not green without a patch"; exit 1; }
  [ "$(jcstress_passed)" = "$(wc -l <<<"$names")" ] || { cat "$log"; echo "of jcstress $(jcstress_passed) ran of" $names; exit 1; }
fi
[ $green = no ] || echo "green without a patch: all $(printf '%s\n' $(awk '{ print $2 }' <<<"$tests") $stress | sort -u | wc -l) named tests"

bad=0
printf '%-34s %-10s %5s  %s\n' fault outcome time 'what noticed'
for patch in "${patches[@]}"; do
  name=$(basename "$patch" .patch)
  test=$(field test "$patch")
  stressed=$(field jcstress "$patch")
  began=$SECONDS
  noticed=
  rc=0
  if ! git apply "$patch" 2>"$log"; then
    outcome='NO PATCH'
    noticed=$(head -1 "$log")
  else
    if [ -n "$stressed" ]; then
      patched=$(modules_of "$patch")
      if ! quick_mvn compile -am -pl "$patched"; then
        outcome='NO BUILD'
      else
        jcstress "$(for m in ${patched//,/ }; do printf '%s/target/classes:' "$scratch/$m"; done)" "$stressed" || rc=$?
        judge_jcstress "$rc" "$stressed"
      fi
    else
      run_tests -am -pl "${test%% *}" "-Dtest=${test##* }" || rc=$?
      judge_tests "$rc" "${test##* }"
    fi
    git apply -R "$patch"
  fi
  printf '%-34s %-10s %4ds  %s\n' "$name" "$outcome" $((SECONDS - began)) "$noticed"
  if [ "$outcome" != red ]; then
    bad=$((bad + 1))
    [ "$outcome" = GREEN ] || { grep -E 'ERROR|FAILED' "$log" | head -5 || true; } | sed 's/^/    /'
  fi
done
[ $bad = 0 ] || { echo "$bad of ${#patches[@]} faults were not noticed as they should be"; exit 1; }
echo "all ${#patches[@]} faults noticed"
