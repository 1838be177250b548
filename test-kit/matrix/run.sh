#!/usr/bin/env bash
# Runs the test-kit in small projects as a user would write them, one for each cell of
#
#   JUnit's version  x  with our BOM or without  x  the test-kit before JUnit's dependency or after it
#
# Each project runs the contract on a token bucket, and checks that the JUnit that runs is the one that the project chose.
# Our artifacts are built from the sources and installed in a repository of this run; the user's own stays as it is.
#
#   run.sh [row ...]    a row is a version of JUnit, or boot-<version>: JUnit's version is then that of Spring Boot's BOM
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rows=("$@")
[ $# -gt 0 ] || rows=(5.11.4 5.12.2 5.14.4 6.0.3 boot-3.5.9 boot-4.0.1)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
user=${MAVEN_REPOSITORY:-$HOME/.m2/repository} # where the user's Maven keeps what it downloads
repository=$scratch/repository

# A repository that shares all but our own artifacts with the user's, so that little is downloaded and nothing stays behind.
share() { # <from> <to> <but>
  local entry
  mkdir -p "$2"
  for entry in "$1"/*; do
    [ ! -e "$entry" ] || [ "$(basename "$entry")" = "$3" ] || ln -s "$entry" "$2/"
  done
}
share "$user" "$repository" io
share "$user/io" "$repository/io" asynctools

log=$scratch/log
quiet_mvn() { command mvn -B -ntp -Dmaven.repo.local="$repository" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn "$@"; }

echo "installing async-tools in $repository" >&2
quiet_mvn -f "$root/pom.xml" install -pl bom,test-kit,token-bucket -am -Dmaven.test.skip=true -Dmaven.javadoc.skip=true \
  -Dmaven.source.skip=true -Dspotless.check.skip >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
version=$(sed -n 's#^  <version>\(.*\)</version>$#\1#p' "$root/pom.xml" | head -1)

managed() { # <group> <artifact> <version>: a BOM
  echo "<dependency><groupId>$1</groupId><artifactId>$2</artifactId><version>$3</version><type>pom</type><scope>import</scope></dependency>"
}

needed() { # <group> <artifact> <version, or nothing where a BOM says it>
  echo "<dependency><groupId>$1</groupId><artifactId>$2</artifactId>${3:+<version>$3</version>}<scope>test</scope></dependency>"
}

# Writes the project of a cell.
project() { # <folder> <row> <bom|no-bom> <first|last>
  local folder=$1 row=$2 boms='' ours=$version junit=$row kit jupiter
  if [[ $row == boot-* ]]; then
    boms=$(managed org.springframework.boot spring-boot-dependencies "${row#boot-}")
    junit=''
  fi
  if [ "$3" = bom ]; then
    boms=$(managed io.asynctools async-tools-bom "$version")$boms
    ours=''
  fi
  kit=$(needed io.asynctools async-tools-test-kit "$ours")$(needed io.asynctools async-tools-token-bucket "$ours")
  jupiter=$(needed org.junit.jupiter junit-jupiter "$junit")
  mkdir -p "$folder/src/test/java/user"
  cat >"$folder/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>user</groupId>
  <artifactId>user</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencyManagement><dependencies>$boms</dependencies></dependencyManagement>
  <dependencies>$([ "$4" = first ] && echo "$kit$jupiter" || echo "$jupiter$kit")</dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.0</version></plugin>
      <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
      <plugin>
        <artifactId>maven-surefire-plugin</artifactId>
        <version>3.5.3</version>
        <configuration><systemPropertyVariables><wanted>$junit</wanted></systemPropertyVariables></configuration>
      </plugin>
    </plugins>
  </build>
</project>
POM
  cat >"$folder/src/test/java/user/BucketContractTest.java" <<'JAVA'
package user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.ManualTime;
import io.asynctools.testkit.WaitingLimiterContract;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

class BucketContractTest extends WaitingLimiterContract {
  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    var builder = TokenBucketRateLimiter.builder(Rate.perSecond(1)).capacity(permits)
        .name(settings.name()).timeSource(time).executor(settings.executor()).maxWaiters(settings.maxWaiters());
    if (settings.maxWait() != null) {
      builder.maxWait(settings.maxWait());
    }
    return builder.build();
  }

  @Override
  public Duration permitEvery() {
    return Duration.ofSeconds(1);
  }

  /** The API is of one version with the engine that runs it, and that is the one asked for. */
  @Test
  void theUsersVersionOfJUnitRuns() throws Exception {
    String api = version(Test.class);
    assertEquals(version(Class.forName("org.junit.jupiter.engine.JupiterTestEngine")), api);
    String wanted = System.getProperty("wanted", "");
    assertTrue(wanted.isEmpty() || wanted.equals(api), () -> "asked for " + wanted + ", runs on " + api);
    System.out.println("JUnit " + api);
  }

  private static String version(Class<?> type) throws Exception {
    var jar = java.nio.file.Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getManifest().getMainAttributes().getValue("Implementation-Version");
    }
  }
}
JAVA
}

# The outcome of a cell in a few words; failure if its tests did not run, or not all passed.
cell() { # <row> <bom|no-bom> <first|last>
  local folder=$scratch/$1-$2-$3 tests ran
  project "$folder" "$@"
  if ! quiet_mvn -f "$folder/pom.xml" -Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.surefire=info test >"$folder/log" 2>&1; then
    ran=$(grep -m 1 -o -E 'NoClassDefFoundError: \S+|Tests run: .*Failures: .*|Could not (find|resolve) .{0,60}|COMPILATION ERROR' "$folder/log" || true)
    echo "FAILED ${ran:-see the log}"
    return 1
  fi
  tests=$(sed -n 's/.*tests="\([0-9]*\)".*/\1/p' "$folder"/target/surefire-reports/TEST-*.xml | head -1)
  ran=$(grep -m 1 -o 'JUnit [0-9][0-9.]*' "$folder"/target/surefire-reports/TEST-*.xml || true)
  if [ "${tests:-0}" -lt 100 ]; then
    echo "FAILED: ${tests:-no} tests ran"
    return 1
  fi
  echo "$tests passed, $ran"
}

all=$((${#rows[@]} * 4)) number=0 failed=0
columns=('bom first' 'bom last' 'no-bom first' 'no-bom last')
table=$(printf '%-12s' JUnit; printf ' | %-24s' "${columns[@]}")
for row in "${rows[@]}"; do
  table+=$'\n'$(printf '%-12s' "$row")
  for column in "${columns[@]}"; do
    number=$((number + 1))
    # shellcheck disable=SC2086 # a column is two words
    if ! outcome=$(cell "$row" $column); then
      failed=$((failed + 1))
      echo "---- JUnit $row, ${column/ /, the test-kit }: $outcome" >&2
      grep -v '^\S*$' "$scratch/$row-${column/ /-}/log" | tail -n 40 >&2
    fi
    echo "[$number/$all] JUnit $row, ${column/ /, the test-kit }: $outcome" >&2
    table+=$(printf ' | %-24s' "$outcome")
  done
done
echo "$table"
if [ "$failed" -gt 0 ]; then
  echo "$failed of $all cells failed" >&2
  exit 1
fi
