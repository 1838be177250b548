package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.redis.RedisTokenBucket;
import java.io.IOException;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * No machine looks at its wall clock, so it cannot matter by how much it is off: no class of ours
 * names one.
 *
 * <p>Promises: Redis 1.
 */
@Tag("integration")
class NoWallClockTest {
  private static final List<String> WALL_CLOCKS =
      List.of(
          "currentTimeMillis",
          "java/time/Instant",
          "java/time/Clock",
          "java/time/LocalDateTime",
          "java/time/ZonedDateTime",
          "java/util/Date",
          "java/util/Timer",
          "java/util/Calendar");

  @Test
  void noneOfOurClassesNamesAWallClock() throws Exception {
    List<String> offenders = new ArrayList<>();
    int read = 0;
    for (Class<?> one :
        List.of(
            RedisTokenBucket.class,
            AsyncRateLimiter.class,
            Class.forName("io.asynctools.perkey.PerKeyRateLimiter"),
            Class.forName("io.asynctools.circuitbreaker.CircuitBreaker"))) {
      read += search(one.getModule().getName(), offenders);
    }
    assertThat(read).as("classes").isGreaterThan(80);
    assertThat(offenders).isEmpty();
  }

  private static int search(String module, List<String> offenders) throws IOException {
    ModuleReference reference =
        ModuleLayer.boot().configuration().findModule(module).orElseThrow().reference();
    int read = 0;
    try (ModuleReader reader = reference.open();
        Stream<String> names = reader.list()) {
      for (String name : names.filter(it -> it.endsWith(".class")).toList()) {
        // The tests of this module are in it too.
        if (name.contains("/faults/") || name.endsWith("Test.class")) {
          continue;
        }
        read++;
        String constants;
        try (var in = reader.open(name).orElseThrow()) {
          constants = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
        WALL_CLOCKS.stream()
            .filter(constants::contains)
            .forEach(clock -> offenders.add(name + " names " + clock));
      }
    }
    return read;
  }
}
