package io.asynctools.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.Request.Form;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random schedule for a limiter whose permits come back by time: requests, cancellations, and
 * deliveries that come late. Time moves in whole {@link LimiterHooks#permitEvery}, so that the
 * bound is a whole number: {@code limit + n} permits in n steps; {@code limit} in each step, where
 * permits come back together.
 */
final class RefundSchedule {
  private static final int OPERATIONS = 60;

  /** A grant that counts, unless its waiter leaves before the delivery. */
  private record Grant(Request request, int step, long permits) {}

  private final WaiterHooks hooks;
  private final Duration every;
  private final int limit;
  private final int seed;
  private final Random random;
  private final Trial it;
  private final List<Request> queue = new ArrayList<>();
  private final List<Long> weights = new ArrayList<>(); // of those in the queue
  private final List<Grant> undelivered = new ArrayList<>();
  private final List<Long> grantedIn = new ArrayList<>(); // permits by step
  private final List<String> operations = new ArrayList<>();

  RefundSchedule(WaiterHooks hooks, int limit, int seed) {
    this.hooks = hooks;
    this.every = requireNonNull(hooks.permitEvery());
    this.limit = limit;
    this.seed = seed;
    this.random = new Random(seed);
    this.it = Trial.withSlowDelivery(hooks, limit);
    grantedIn.add(0L);
  }

  void run() {
    it.holdBack();
    for (int i = 0; i < OPERATIONS; i++) {
      switch (random.nextInt(10)) {
        case 0, 1 -> attempt();
        case 2, 3, 4 -> request();
        case 5, 6, 7 -> leave();
        case 8 -> deliver();
        default -> advance();
      }
      noteGrants();
      check();
    }
    List.copyOf(queue).forEach(each -> each.future().cancel(false));
    it.deliver();
    it.comeBack(limit + 1L);
    it.admitsExactly(limit);
  }

  private void attempt() {
    operations.add("try");
    if (it.attempt(1).isPresent()) {
      count(grantedIn.size() - 1, 1);
    }
  }

  private void request() {
    long permits = hooks.weighted() ? 1 + random.nextInt(limit) : 1;
    Form form = random.nextBoolean() ? Form.ACQUIRE : Form.EXECUTE;
    Request request = Request.of(it, form, permits);
    it.settle();
    operations.add(form + " " + permits);
    if (request.isGranted()) {
      count(grantedIn.size() - 1, permits);
    } else {
      queue.add(request);
      weights.add(permits);
    }
  }

  /** Ends a wait, or a grant that has not been delivered. */
  private void leave() {
    int all = undelivered.size() + queue.size();
    if (all == 0) {
      return;
    }
    int number = random.nextInt(all);
    if (number < undelivered.size()) {
      Grant grant = undelivered.remove(number);
      operations.add("refund of step " + grant.step);
      grant.request.future().cancel(false);
      count(grant.step, -grant.permits);
    } else {
      operations.add("cancel");
      weights.remove(number - undelivered.size());
      queue.remove(number - undelivered.size()).future().cancel(false);
    }
    it.settle();
  }

  private void deliver() {
    operations.add("deliver");
    it.deliver();
    it.holdBack();
    noteGrants(); // of this step, and delivered
    undelivered.clear();
  }

  private void advance() {
    operations.add("advance");
    it.time.advance(every);
    grantedIn.add(0L);
    it.settle();
  }

  /** The waiters that were granted since, in order of arrival. */
  private void noteGrants() {
    int waiting = hooks.waiters(it.limiter);
    while (queue.size() > waiting) {
      Grant grant = new Grant(queue.remove(0), grantedIn.size() - 1, weights.remove(0));
      count(grant.step, grant.permits);
      if (!grant.request.isGranted()) {
        undelivered.add(grant);
      }
    }
  }

  private void count(int step, long permits) {
    grantedIn.set(step, grantedIn.get(step) + permits);
  }

  private void check() {
    int last = grantedIn.size() - 1;
    long granted = 0;
    for (int step = last; step >= 0; step--) {
      granted += grantedIn.get(step);
      long most =
          hooks.permitsComeBackTogether() ? limit * (last - step + 1L) : limit + last - step;
      assertThat(granted)
          .as(
              "a limiter of %s must grant at most %s permits within %s of permitEvery()"
                  + " (schedule %s: %s)",
              limit, most, last - step, seed, operations)
          .isLessThanOrEqualTo(most);
    }
  }
}
