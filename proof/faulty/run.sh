#!/usr/bin/env bash
# Seeded faults. Each patch in this folder makes one mistake and names the test that has to notice:
#
#   fault:    what is wrong, in a line
#   promise:  the promise that it breaks
#   test:     module, test class, perhaps #method     or     jcstress: test class
#
# Each is applied in a scratch copy of HEAD, and the named test runs. A test that stays green, or a patch that no
# longer applies or compiles, fails the script. Before that all named tests run without a patch, and must be green.
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

# What failed, as class.method, from the reports of the tests.
failed_tests() {
  find . -path '*/surefire-reports/TEST-*.xml' -exec cat {} + 2>/dev/null | awk '
    /<testcase / { name = $0; sub(/.* name="/, "", name); sub(/".*/, "", name)
                   class = $0; sub(/.* classname="/, "", class); sub(/".*/, "", class); sub(/.*\./, "", class) }
    /<(failure|error)[ >]/ { print class "." name }' | sort -u | awk '{ all[NR] = $1 } END { printf "%s", all[1]; if (NR > 1) printf " and %d more", NR - 1 }'
}

jcstress() {
  local rc=0
  mkdir -p jcstress-run
  (cd jcstress-run && timeout -k 10 600 "$java" -cp "$1$scratch/jcstress/target/jcstress.jar" org.openjdk.jcstress.Main -t "$2" -m quick -sc false \
    -jvmArgs "-XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM" -iters 10 -time 500) >"$log" 2>&1 || rc=$?
  rm -rf jcstress-run
  return $rc
}

tests=$(for patch in "${patches[@]}"; do field test "$patch"; done)
stress=$(for patch in "${patches[@]}"; do field jcstress "$patch"; done)

if [ -n "$stress" ]; then
  quick_mvn package -Dmaven.test.skip=true -Pjcstress -am -pl jcstress || { cat "$log"; exit 1; }
fi
if [ -n "$tests" ]; then
  goals=(test-compile)
  if [ $green = yes ]; then
    goals=(test "-Dtest=$(awk '{ print $2 }' <<<"$tests" | sort -u | paste -sd,)")
  fi
  quick_mvn "${goals[@]}" -am -pl "$(awk '{ print $1 }' <<<"$tests" | sort -u | paste -sd,)" \
    || { cat "$log"; echo "not green without a patch: $(failed_tests)"; exit 1; }
fi
if [ -n "$stress" ] && [ $green = yes ]; then
  jcstress "" "$(paste -sd'|' <<<"$stress")" || { cat "$log"; echo "jcstress is not green without a patch"; exit 1; }
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
  find . -name surefire-reports -prune -exec rm -rf {} +
  if ! git apply "$patch" 2>"$log"; then
    outcome='NO PATCH'
    noticed=$(head -1 "$log")
  else
    if [ -n "$stressed" ]; then
      patched=$(modules_of "$patch")
      if ! quick_mvn compile -am -pl "$patched"; then
        outcome='NO BUILD'
      elif jcstress "$(for m in ${patched//,/ }; do printf '%s/target/classes:' "$scratch/$m"; done)" "$stressed"; then
        outcome=GREEN
      else
        outcome=red
        noticed="jcstress $stressed"
      fi
    elif quick_mvn test -am -pl "${test%% *}" "-Dtest=${test##* }"; then
      outcome=GREEN
    else
      noticed=$(failed_tests)
      outcome=$([ -n "$noticed" ] && echo red || echo 'NO TEST')
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
