package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.RateLimitExceededException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of the keys of a limiter that forgets, by one who only knows the promises: of each
 * key whether its limiter must still be there, must be gone, or may be either; and that is narrowed
 * by what the real one is seen to do.
 */
final class KeysModel {

  /** A key that was used, and not seen to be forgotten since. */
  private static final class Known {
    final boolean[] busy;
    int uses;
    long lastUse;
    long idleSince;
    boolean mayBeGone; // it may have made room for another

    Known(boolean[] busy) {
      this.busy = busy;
    }

    boolean isIdle() {
      return !busy[0];
    }
  }

  private final Map<Integer, Known> known = new HashMap<>();
  private final long maxKeys;
  private final long maxIdle;
  private final long interval;
  private PerKeyRateLimiter<Integer, FakeLimiter> real;
  private boolean[] made; // of the limiter that was just made; null if none was
  private long now;

  KeysModel(long maxKeys, long maxIdle, long interval) {
    this.maxKeys = maxKeys;
    this.maxIdle = maxIdle;
    this.interval = interval;
  }

  void isOf(PerKeyRateLimiter<Integer, FakeLimiter> real) {
    this.real = real;
  }

  /** The factory. */
  FakeLimiter make(int key) {
    assertThat(made).as("limiters made for one use").isNull();
    boolean[] busy = new boolean[1];
    made = busy;
    return new FakeLimiter(() -> !busy[0]);
  }

  void passes(long nanos) {
    now += nanos;
  }

  /** A use, which may leave the limiter busy. */
  void uses(int key, boolean leavesBusy) {
    long before = real.size();
    Known old = known.get(key);
    made = null;
    boolean refused = false;
    try {
      real.with(
          key,
          limiter -> {
            if (leavesBusy) {
              (made != null ? made : old.busy)[0] = true;
            }
            return limiter;
          });
    } catch (RateLimitExceededException e) {
      refused = true;
    }
    if (refused) {
      assertThat(old == null || !mustBeThere(old)).as("a known key is served").isTrue();
      assertThat(busyKeys()).as("none is idle, so none makes room").isEqualTo(maxKeys);
      known.remove(key);
      return;
    }
    if (made == null) {
      assertThat(old != null && !mustBeGone(old)).as("a limiter that is there").isTrue();
    } else {
      assertThat(old == null || !mustBeThere(old)).as("a limiter that is not there").isTrue();
      known.remove(key);
      if (before == maxKeys) {
        oneHasMadeRoom();
      }
      known.put(key, new Known(made));
    }
    Known used = known.get(key);
    used.mayBeGone = false;
    used.uses++;
    used.lastUse = now;
    used.idleSince = now; // or later
  }

  /** An idle one, and one that was used only once if there is one. */
  private void oneHasMadeRoom() {
    List<Known> idle =
        known.values().stream().filter(each -> each.isIdle() && !mustBeGone(each)).toList();
    assertThat(idle).as("those that may have made room").isNotEmpty();
    boolean once = idle.stream().anyMatch(each -> each.uses == 1 && mustBeThere(each));
    idle.stream().filter(each -> !once || each.uses == 1).forEach(each -> each.mayBeGone = true);
  }

  /** What kept it busy is over: a permit ends, a bucket is full. */
  void relaxes(int key) {
    Known relaxed = known.get(key);
    if (relaxed != null && !relaxed.isIdle()) {
      relaxed.busy[0] = false;
      relaxed.idleSince = now;
    }
  }

  private boolean mustBeThere(Known each) {
    return !each.isIdle() || (!each.mayBeGone && now - each.lastUse < maxIdle);
  }

  private boolean mustBeGone(Known each) {
    return each.isIdle()
        && Math.min(now - each.lastUse, now - each.idleSince) >= maxIdle + interval;
  }

  private long busyKeys() {
    return known.values().stream().filter(each -> !each.isIdle()).count();
  }

  void check() {
    long least = known.values().stream().filter(this::mustBeThere).count();
    long most = known.values().stream().filter(each -> !mustBeGone(each)).count();
    assertThat(real.size()).isBetween(least, Math.min(most, maxKeys));
  }
}
