#!/usr/bin/env bash
# The project's tasks; `./run.sh help` lists them. Uses the JDK of JAVA_HOME where that is set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# ---- What a task says while it runs. To standard error: what the programs print stays as it is.

progress_seconds=${PROGRESS_SECONDS:-10} # the longest silence
printer=''                               # the process that prints, while a task runs

say() { printf '%s\n' "$task: $*" >&9; }
say_if_it_takes_long() { printf '%s\n' "later $task: $*" >&9; }

# Prints each line that it reads, and the last one again, with the time taken, when there was no line for a while.
print_progress() {
  local line last='' printed=$SECONDS
  trap '' INT # the task says how it ended
  while true; do
    if IFS= read -r -t "$progress_seconds" line; then
      case $line in
        'end '*) printf '%s\n' "${line#end }" && return ;;
        'later '*) last=${line#later } ;;
        *) last=$line && printf '%s\n' "$line" && printed=$SECONDS ;;
      esac
    elif [ $? -le 128 ]; then
      return # no timeout: the task is gone
    fi
    if [ $((SECONDS - printed)) -ge "$progress_seconds" ]; then
      printf '%s (%s)\n' "$last" "$(duration "$SECONDS")"
      printed=$SECONDS
    fi
  done
}

duration() { # <seconds>
  if [ "$1" -lt 60 ]; then echo "$1 s"; else printf '%d min %02d s\n' $(($1 / 60)) $(($1 % 60)); fi
}

begin_task() {
  local pipe
  pipe=$(mktemp -d)
  mkfifo "$pipe/progress"
  print_progress <"$pipe/progress" >&2 &
  printer=$!
  exec 9>"$pipe/progress"
  rm -r "$pipe"
  trap end_task EXIT
  say "$(about "$task" | tr -s '\n ' ' ' | sed -e 's/^[^ ]* //' -e 's/ $//')"
}

end_task() {
  local code=$? outcome=passed
  trap - EXIT
  [ "$code" = 0 ] || outcome="FAILED with exit code $code"
  printf '%s\n' "end $task: $outcome in $(duration "$SECONDS")" >&9
  wait "$printer" || true
  exit "$code"
}

# ---- How programs are called

# Runs Maven and says which module it is at. Passes on all that Maven prints.
mvn() { command mvn -B -ntp "$@" | follow loud; }
# Passes on only warnings, errors, and what other programs print. Not -q, which hides the warnings that -Werror made fatal.
quiet_mvn() { command mvn -B -ntp "$@" | follow quiet; }

follow() { # <loud|quiet>
  local line at='Maven starts'
  local module='^\[INFO\] Building (.+) [^ ]+ +\[([0-9]+)/([0-9]+)\]$' plugin='^\[INFO\] --- ([^ ]+) ' test='^\[INFO\] Running ([^ ]+)'
  say_if_it_takes_long "$at"
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line//$'\e[0m'/} # Maven's last word, which is no colour
    if [[ $line =~ $module ]]; then
      at="module ${BASH_REMATCH[2]} of ${BASH_REMATCH[3]}: ${BASH_REMATCH[1]}"
      say "$at"
    elif [[ $line =~ $plugin || $line =~ $test ]]; then
      say_if_it_takes_long "$at, ${BASH_REMATCH[1]}"
    fi
    if [ "$1" = loud ] || [[ -n $line && $line != '[INFO]'* ]]; then
      printf '%s\n' "$line"
    fi
  done
}

java() { command "${JAVA_HOME:+$JAVA_HOME/bin/}java" "$@"; }
# Packages a module and what it needs, and nothing that only a release or a gate needs; the program's standard output stays its own.
package() {
  quiet_mvn package -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true -am -pl "$@" >&2
  say 'built; the program runs'
}

# ---- The tasks

task_help() {
  if [ $# -gt 0 ]; then
    is_task "$1" || unknown_task "$1"
    echo "usage: ./run.sh $1 [arguments]"
    echo
    about "$1"
    return
  fi
  cat <<'HELP'
usage: ./run.sh <task> [arguments]

  install_dev  fetch what the tasks need, and install a git hook that formats and lints before a commit
  lint         check the formatting and the dependency rules
  format       format all Java code
  type_check   compile main and test code with Error Prone and NullAway, run nothing
  test         build everything, run all tests but the slow ones, and all gates (arguments go to Maven: -Pslow, -pl api -am)
  test_cov     the same with coverage: a line for each module and for all, exit code 1 below 95 % of lines or 90 % of branches
  test_kit_matrix
               run the test-kit in small projects: JUnit 5.11 to 6.0 and Spring Boot's, with the BOM and without, the dependency
               first and last (arguments: other versions, as 6.1.3 or boot-3.5.9)
  mutants      change the code in small ways and see whether a test notices: all modules that count, or the one named
  renew        write anew what tests compare with the sources: docs/promises.md, the lists of the exported API
  api_diff     compare the published jars with a release: ./run.sh api_diff 0.1.0
  bench        build the benchmarks' jar and run it (arguments: --quick, --threads 1,2,4,8, --only PART, --rounds N, --huge)
  demo         run the demo (--seconds N: the length of a phase); `demo redis`: three JVMs share a limit in a Redis that is killed
  soak         run all strategies on eight threads for 10 minutes and print figures (--minutes 1: shorter)
  prove        run at length what the build leaves out: the slow tests, jcstress, and the seeded faults, which tests have to
               notice (prove slow | jcstress [name] | faults [name ...] for one of them, prove quick for a few minutes of each)
  clean        remove what was built
  help         print this, or what is said of one task: ./run.sh help lint, ./run.sh lint --help

A task says on standard error what it does, how far it is (a line at least every ten seconds), and how it ended.
HELP
}

# The lines of the help that are about a task.
about() {
  task_help | awk -v task="$1" '
    /^  [a-z]/ { on = $1 == task }
    /^$/ { on = 0 }
    on { sub(/^  /, ""); print }'
}

is_task() { [[ $1 =~ ^[a-z_]+$ ]] && declare -F "task_$1" >/dev/null; }

# Ends with the nearest name, if one is near: by the letters that differ, or as its beginning.
unknown_task() {
  local nearest
  nearest=$(declare -F | sed -n 's/^declare -f task_//p' | awk -v wanted="${1//-/_}" '
    function least(a, b, c) { return a < b ? (a < c ? a : c) : (b < c ? b : c) }
    function distance(a, b, i, j, d) {
      for (i = 0; i <= length(a); i++) d[i, 0] = i
      for (j = 0; j <= length(b); j++) d[0, j] = j
      for (i = 1; i <= length(a); i++)
        for (j = 1; j <= length(b); j++)
          d[i, j] = least(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1)))
      return d[length(a), length(b)]
    }
    BEGIN { wanted = tolower(wanted); best = 1 + (length(wanted) < 4 ? 1 : length(wanted) < 8 ? 2 : 3) }
    { far = index($0, wanted) == 1 ? 0.5 : distance(wanted, $0); if (far < best) { best = far; name = $0 } }
    END { print name }')
  echo "unknown task: $1${nearest:+; did you mean $nearest?}" >&2
  echo "./run.sh help lists the tasks" >&2
  exit 2
}

task_install_dev() {
  # Runs every plugin of every task once, for dependency:go-offline misses what plugins fetch while they run.
  quiet_mvn verify -Pcoverage,bench
  quiet_mvn -Pmutants test-compile org.pitest:pitest-maven:mutationCoverage -pl semaphore -am -DtargetClasses=none -DtargetTests=none
  local hook
  hook=$(git rev-parse --git-path hooks/pre-commit)
  if [ -e "$hook" ] && ! grep -q 'run\.sh' "$hook"; then
    echo "left alone: $hook is not ours; let it call ./run.sh format and ./run.sh lint" >&2
    return
  fi
  mkdir -p "$(dirname "$hook")"
  cat >"$hook" <<'HOOK'
#!/usr/bin/env bash
# Written by ./run.sh install_dev: formats and lints before a commit.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
before=$(git diff -- '*.java')
./run.sh format
if [ "$before" != "$(git diff -- '*.java')" ]; then
  echo 'The formatter changed files: look at them, add them and commit again.' >&2
  exit 1
fi
./run.sh lint
HOOK
  chmod +x "$hook"
  echo "installed: $hook"
}

# The BOM has no parent, so it knows no Spotless (and holds no Java).
task_lint() { quiet_mvn validate spotless:check -pl '!bom'; }

task_format() { quiet_mvn spotless:apply -pl '!bom'; }

task_type_check() { quiet_mvn test-compile; }

task_test() { mvn verify "$@"; }

task_test_kit_matrix() {
  { test-kit/matrix/run.sh "$@" 2>&1 >&3 | while IFS= read -r line; do say "$line"; done; } 3>&1
}

# The report over all modules is the proof's: what its tests and those of other modules reach counts for a module too.
task_test_cov() {
  local csv=proof/target/site/jacoco-aggregate/jacoco.csv
  rm -f "$csv"
  quiet_mvn verify -Pcoverage "$@"
  if [ ! -e "$csv" ]; then
    echo "no report over all modules, as not all were built: see <module>/target/site/jacoco" >&2
    return
  fi
  awk -F, '
    function share(hit, missed) { return hit + missed ? 100 * hit / (hit + missed) : 100 }
    function say(name, l, lm, b, bm) { printf "%-30s lines %5.1f %%  branches %5.1f %%\n", name, share(l, lm), share(b, bm) }
    NR > 1 {
      sub(/.*\//, "", $1)
      if (!($1 in line)) order[++modules] = $1
      branchMissed[$1] += $6; branch[$1] += $7; lineMissed[$1] += $8; line[$1] += $9
      bm += $6; b += $7; lm += $8; l += $9
    }
    END {
      for (i = 1; i <= modules; i++) {
        module = order[i]
        say(module, line[module], lineMissed[module], branch[module], branchMissed[module])
      }
      say("all", l, lm, b, bm)
      met = share(l, lm) >= 95 && share(b, bm) >= 90
      print met ? "goals met: 95 % of lines, 90 % of branches" : "goals missed: 95 % of lines, 90 % of branches"
      exit !met
    }' "$csv"
}

# The modules whose mutants count, the quickest first.
task_mutants() {
  local modules=("$@") module failed=0 number=0
  [ $# -gt 0 ] || modules=(semaphore retry token-bucket circuit-breaker per-key api)
  for module in "${modules[@]}"; do
    number=$((number + 1))
    say "module $number of ${#modules[@]}: $module"
    mutants_of "$module" || failed=1
  done
  return "$failed"
}

mutants_of() {
  local module=$1 classes="io.asynctools.${1//-/}.*" tests="io.asynctools.${1//-/}.*" more=() paths='' other
  local csv=$module/target/pit-reports/mutations.csv log=$module/target/mutants.log
  if [ "$module" = api ]; then
    # Of the API the SPI, where the behaviour of all limiters is; some of them, and not what looks them up, are among its tests.
    classes='io.asynctools.api.spi.*'
    tests='io.asynctools.api.spi.*,io.asynctools.api.BlockingWaitTest,io.asynctools.api.NestedLimiterTest'
    tests+=',io.asynctools.api.CompositionTest,io.asynctools.api.RefusalsTest,io.asynctools.api.DecorationTest'
    tests+=',io.asynctools.testkit.Toy*ContractTest,io.asynctools.testkit.LaterToyContractTest'
    tests+=',io.asynctools.tokenbucket.BucketModelTest,io.asynctools.tokenbucket.UndoTest,io.asynctools.tokenbucket.WaitersTest'
    tests+=',io.asynctools.semaphore.SemaphoreModelTest,io.asynctools.semaphore.AbandonedWaitersTest'
    quiet_mvn test-compile -pl test-kit,token-bucket,semaphore -am >&2 || return
    for other in test-kit token-bucket semaphore; do
      paths+=",$PWD/$other/target/classes,$PWD/$other/target/test-classes"
    done
    more=("-DadditionalClasspathElements=${paths#,}")
  fi
  mkdir -p "$module/target"
  rm -f "$csv"
  if ! mvn -Pmutants test-compile org.pitest:pitest-maven:mutationCoverage -pl "$module" -am \
    -DtargetClasses="$classes" -DtargetTests="$tests" "${more[@]}" >"$log" 2>&1; then
    grep -e SEVERE -e ERROR "$log" | head -n 20 >&2
    return 1
  fi
  # The first file has the mutants that are known to survive, a row each; what is not known is to be looked at.
  awk -v module="$module" '
    function bare(text) { gsub(/[ `]/, "", text); return text }
    NR == FNR { if (bare($2) == module) known[bare($3) " " bare($4)] += $5; next }
    $6 == "NON_VIABLE" { next }
    { all++ }
    $6 ~ /^(KILLED|TIMED_OUT|MEMORY_ERROR|RUN_ERROR)$/ { killed++; next }
    {
      name = $2; sub(/.*\./, "", name)
      method = $4; sub(/^lambda\$/, "", method); sub(/\$[0-9]+$/, "", method)
      mutator = $3; sub(/.*\./, "", mutator); sub(/Mutator$/, "", mutator)
      if (known[name "." method " " mutator]-- > 0) listed++
      else news[++n] = "  not in docs/mutants.md: " name "." method " " mutator ", line " $5 ", " $6
    }
    END {
      printf "%-16s %5.1f %%  %d of %d killed, %d listed, %d not\n", module, 100 * killed / all, killed, all, listed, n
      for (i = 1; i <= n; i++) print news[i]
      exit killed < 0.9 * all
    }' FS='|' docs/mutants.md FS=, "$csv"
}

task_renew() {
  quiet_mvn test -am -pl proof -Dtest=PromisesTest,ExportedApiTest -Dsurefire.failIfNoSpecifiedTests=false -Dproof.renew=true
  git --no-pager diff --stat -- docs/promises.md proof/src/test/resources/api
}

# What else stands behind the version goes to Maven: -Dmaven.repo.local=…, -Dapi.old=…
task_api_diff() {
  quiet_mvn verify -Papi-diff -Dapi.old="${1:?which release}" -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true -Dspotless.check.skip "${@:2}"
  echo "the reports are in <module>/target/japicmp"
}

task_bench() {
  package benchmarks -Pbench
  java -jar benchmarks/target/benchmarks.jar "$@"
}

task_demo() {
  package demo
  java -cp "demo/target/classes:demo/target/lib/*" io.asynctools.demo.Demo "$@"
}

task_soak() {
  package proof
  local classes
  classes=$(printf '%s:' proof/target/classes {api,token-bucket,semaphore,circuit-breaker,per-key,retry}/target/classes)
  java -cp "$classes" io.asynctools.proof.soak.Soak "$@"
}

# jcstress tries each test under the compilers and their random orders; quick: under the optimizing one alone.
prove_jcstress() {
  local quick=$1
  shift
  package jcstress -Pjcstress
  local jar=$PWD/jcstress/target/jcstress.jar arguments=(-m quick -sc false)
  [ -z "$quick" ] || arguments+=(-iters 3 -jvmArgs '-XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM')
  (cd jcstress/target && java -jar "$jar" "${arguments[@]}" -r jcstress-results ${1:+-t "$1"}) >jcstress/target/jcstress.log || {
    cat jcstress/target/jcstress.log
    return 1
  }
  grep -F planned jcstress/target/jcstress.log | tail -1
}

# Runs a part in a shell of its own, so that its failure stops it and not the others.
prove_part() {
  local name=$1 began=$SECONDS outcome=passed
  shift
  echo "== $name"
  say "part: $name"
  (set -e; "$@") &
  wait $! || outcome=FAILED
  proved+=("$(printf '%-10s %s  %s' "$name" "$outcome" "$(duration $((SECONDS - began)))")")
}

task_prove() {
  local part=${1:-all} quick='' proved=()
  shift || true
  if [ "$part" = quick ]; then
    part=all
    quick=quick
    set -- order-waiters double-release probe-place-lost # three of the faults
  fi
  if ! [[ $part =~ ^(all|slow|jcstress|faults)$ ]]; then
    echo "unknown part: $part" >&2
    return 2
  fi
  if [[ $part =~ all|slow ]]; then
    prove_part slow quiet_mvn verify -Pslow -fae ${quick:+-DskipITs '-Dtest=*LincheckTest' -Dsurefire.failIfNoSpecifiedTests=false}
  fi
  if [[ $part =~ all|jcstress ]]; then
    prove_part jcstress prove_jcstress "$quick" "$([ $part = all ] || echo "${1:-}")"
  fi
  if [[ $part =~ all|faults ]]; then
    prove_part faults proof/faulty/run.sh ${quick:+-n} "$@"
  fi
  echo '== proved'
  printf '%s\n' "${proved[@]}"
  [[ "${proved[*]}" != *FAILED* ]]
}

task_clean() {
  quiet_mvn clean
  rm -f ./*/.jqwik-database
}

task=${1:-help}
case $task in --help | -h) task=help ;; esac
is_task "$task" || unknown_task "$task"
case ${2:-} in --help | -h) task_help "$task" && exit ;; esac
[ "$task" = help ] || begin_task
"task_$task" "${@:2}"
