package io.asynctools.testkit;

import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A sliding window: keeps the time of each grant, and its permits come back ten seconds later. */
final class ToyLog extends RateLimiterBase {
  static final Duration LENGTH = Duration.ofSeconds(10);

  private record Entry(long number, long time, long permits) {}

  private final long limit;
  private final List<Entry> entries = new ArrayList<>(); // of the window, the oldest first
  private long grants;

  ToyLog(LimiterSettings settings, long limit) {
    super(settings);
    this.limit = limit;
  }

  private long used() {
    long now = nanoTime();
    while (!entries.isEmpty() && now - entries.get(0).time >= LENGTH.toNanos()) {
      entries.remove(0);
    }
    long used = 0;
    for (int i = 0;
        i < entries.size();
        i++) { // without an iterator: a rejected try allocates nothing
      used += entries.get(i).permits;
    }
    return used;
  }

  @Override
  protected synchronized long take(long n) {
    if (used() + n > limit) {
      return REFUSED;
    }
    entries.add(new Entry(grants++, nanoTime(), n));
    return grants - 1;
  }

  @Override
  protected synchronized long nanosUntil(long n) {
    long missing = used() + n - limit;
    long windows = Math.max(0, (missing - 1) / limit); // that more than the limit has to wait for
    missing -= windows * limit;
    long wait = 0;
    for (int i = 0; i < entries.size() && missing > 0; i++) {
      missing -= entries.get(i).permits;
      wait = entries.get(i).time + LENGTH.toNanos() - nanoTime();
    }
    return wait + windows * LENGTH.toNanos();
  }

  @Override
  protected synchronized long undo(long n, long mark, long returned) {
    entries.removeIf(entry -> entry.number == mark);
    return 0;
  }

  @Override
  protected long maxPermits() {
    return limit;
  }

  @Override
  protected synchronized boolean idle() {
    return used() == 0;
  }
}
