package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.redis.server.RedisMonitor;
import io.asynctools.redis.server.RedisServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Machines that hammer one key: together never more than the bucket of one, in any window, and
 * hardly less. Judged twice: by the instants at which the server decided, as it wrote them down,
 * and by what each caller saw, which trusts nobody.
 *
 * <p>Promises: Redis 1.
 */
class ManyMachinesTest {
  private static final Rate RATE = Rate.parse("2000/s");
  private static final long MICROS_PER_PERMIT = 500;
  private static final long CAPACITY = 400;
  private static final String KEY = "hammered";

  @Test
  @Tag("integration")
  void twoKeepTheBoundForTwoSeconds() throws Exception {
    hammer(Duration.ofSeconds(2), 0.95, List.of(), 0, 0);
  }

  @Test
  @Tag("slow")
  void fourKeepTheBoundForTwentySecondsAndReachIt() throws Exception {
    hammer(Duration.ofSeconds(20), 0.99, List.of(), 0, 0, 0, 0);
  }

  /**
   * Each machine's clock has an origin of its own, hours and years from the others', one of them
   * about to wrap, and a time zone of its own. That none looks at its wall clock is shown by {@code
   * NoWallClockTest}.
   */
  @Test
  @Tag("slow")
  void itIsTheSameWithClocksThatAreHoursApart() throws Exception {
    long now = System.nanoTime();
    hammer(
        Duration.ofSeconds(20),
        0.99,
        List.of("-Duser.timezone=Pacific/Kiritimati"),
        TimeUnit.HOURS.toNanos(5),
        -TimeUnit.HOURS.toNanos(7),
        Long.MAX_VALUE - now - TimeUnit.SECONDS.toNanos(10),
        -now);
  }

  private static void hammer(
      Duration time, double share, List<String> jvmOptions, long... clockOffsets) throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisMonitor monitor = new RedisMonitor(server)) {
      List<Machine> machines = new ArrayList<>();
      try {
        for (long offset : clockOffsets) {
          machines.add(
              new Machine(
                  jvmOptions,
                  List.of(server.uri(), KEY, "" + RATE, "" + CAPACITY, "200", "4", "" + offset)));
        }
        for (Machine machine : machines) {
          machine.awaitReady();
        }
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        long end = start + time.toNanos();
        long wallClockAhead = millisAhead();
        machines.forEach(machine -> machine.go(start, end));
        List<long[]> seen = new ArrayList<>();
        for (Machine machine : machines) {
          seen.addAll(machine.grants());
        }
        // The server's clock is the wall clock of this computer, and somebody may have set it.
        long set = Math.abs(millisAhead() - wallClockAhead) + 1;
        Ledger ledger = new Ledger(monitor, "async-tools:" + KEY, MICROS_PER_PERMIT);
        judge(seen, ledger, end, time, share, set);
      } finally {
        machines.forEach(Machine::close);
      }
    }
  }

  private static void judge(
      List<long[]> seen, Ledger ledger, long end, Duration time, double share, long clockMillis) {
    double tick = RATE.permits() / 1e6;
    double most = CAPACITY + RATE.permits() * (time.toNanos() / 1e9) + tick;
    long inTime = seen.stream().filter(grant -> grant[1] - end <= 0).count();
    double decided = Windows.burst(ledger.grants, RATE);
    double burst = Windows.burst(seen, RATE);
    Figures.say(
        "%d permits seen in %s of at most %.0f, %.3f %%; decided %d; largest burst decided %.3f,"
            + " seen %.3f, of %d",
        inTime, time, most, 100 * inTime / most, ledger.grants.size(), decided, burst, CAPACITY);
    assertThat((double) inTime).isBetween(share * most, most);
    assertThat(decided).as("by the server's instants").isLessThanOrEqualTo(CAPACITY + tick + 1e-6);
    assertThat(burst)
        .as("by the callers' instants")
        .isLessThanOrEqualTo(CAPACITY + tick + RATE.permits() * clockMillis / 1e3);
    assertThat(ledger.grants)
        .as("what the server wrote down")
        .hasSizeGreaterThanOrEqualTo(seen.size());
  }

  private static long millisAhead() {
    return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
