#!/usr/bin/env bash
# The project's tasks; `./run.sh help` lists them. Uses the JDK of JAVA_HOME where that is set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

mvn() { command mvn -B -ntp "$@"; }
# Not -q, which hides the warnings that -Werror made fatal.
quiet_mvn() { mvn -Dorg.slf4j.simpleLogger.defaultLogLevel=warn "$@"; }
java() { command "${JAVA_HOME:+$JAVA_HOME/bin/}java" "$@"; }
# Packages a module and what it needs, and nothing that only a release or a gate needs; the program's standard output stays its own.
package() {
  quiet_mvn package -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true -am -pl "$@" >&2
}

task_help() {
  cat <<'HELP'
usage: ./run.sh <task> [arguments]

  install_dev  fetch what the tasks need, and install a git hook that formats and lints before a commit
  lint         check the formatting and the dependency rules
  format       format all Java code
  type_check   compile main and test code with Error Prone and NullAway, run nothing
  test         build everything, run all tests but the slow ones, and all gates (arguments go to Maven: -Pslow, -pl api -am)
  test_cov     the same with coverage: one line a module, reports in <module>/target/site/jacoco
  renew        write anew what tests compare with the sources: docs/promises.md, the lists of the exported API
  api_diff     compare the published jars with a release: ./run.sh api_diff 0.1.0
  bench        build the benchmarks' jar and run it (arguments go to the benchmarks)
  demo         run the demo; `demo redis`: three JVMs share a limit in a Redis that is killed
  soak         run all strategies on eight threads for 10 minutes and print figures (--minutes 1: shorter)
  prove        run at length what the build leaves out: the slow tests, jcstress, and the seeded faults, which tests have to
               notice (prove slow | jcstress [name] | faults [name ...] for one of them, prove quick for a few minutes of each)
  clean        remove what was built
  help         print this
HELP
}

task_install_dev() {
  # Runs every plugin of every task once, for dependency:go-offline misses what plugins fetch while they run.
  quiet_mvn verify -Pcoverage,bench
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

task_test_cov() {
  quiet_mvn verify -Pcoverage "$@"
  local csv
  for csv in */target/site/jacoco/jacoco.csv; do
    [ -e "$csv" ] || continue
    awk -F, -v module="${csv%%/*}" '
      function share(hit, missed) { return hit + missed ? sprintf("%5.1f %%", 100 * hit / (hit + missed)) : "    -  " }
      NR > 1 { branchMissed += $6; branch += $7; lineMissed += $8; line += $9 }
      END { printf "%-14s lines %s  branches %s\n", module, share(line, lineMissed), share(branch, branchMissed) }' "$csv"
  done
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
  (set -e; "$@") &
  wait $! || outcome=FAILED
  proved+=("$(printf '%-10s %s  %d min %02d s' "$name" "$outcome" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)))")
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
if ! declare -F "task_$task" >/dev/null; then
  echo "unknown task: $task" >&2
  task_help >&2
  exit 2
fi
"task_$task" "${@:2}"
