package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * What a semaphore should do, by one who needs neither threads nor speed: a limit, and a list of
 * all who ever asked, in order. Does to the real one what it does to itself.
 */
final class SemaphoreModel {
  private enum State {
    WAITS,
    GRANTED, // and does not know it yet
    REFUSED, // nor does this one
    HOLDS,
    GONE
  }

  /** One who asked, with what the real semaphore gave for it. */
  private static final class Request {
    final int permits;
    State state = State.WAITS;
    CompletableFuture<?> future; // of acquire or execute
    CompletableFuture<Object> work; // of a call, once it has started
    boolean isCall;
    Permit permit; // of a try

    Request(int permits) {
      this.permits = permits;
    }

    void end() {
      if (work != null) {
        work.complete("over");
      } else {
        (permit == null ? (Permit) future.join() : permit).release();
      }
    }
  }

  private final List<Request> requests = new ArrayList<>();
  private int limit;

  SemaphoreModel(int limit) {
    this.limit = limit;
  }

  int limit() {
    return limit;
  }

  void tries(SemaphoreRateLimiter semaphore, int permits) {
    boolean fits = in(State.WAITS).isEmpty() && out() + permits <= limit;
    Optional<Permit> permit = semaphore.tryAcquire(permits);
    assertThat(permit.isPresent()).as("a try for %s", permits).isEqualTo(fits);
    if (fits) {
      Request request = asks(permits);
      request.permit = permit.get();
      request.state = State.HOLDS;
    }
  }

  void acquires(SemaphoreRateLimiter semaphore, int permits) {
    Request request = asks(permits);
    request.future = semaphore.acquire(permits);
    grantedAtOnce(request);
  }

  void executes(SemaphoreRateLimiter semaphore, int permits) {
    Request request = asks(permits);
    request.isCall = true;
    request.future =
        semaphore.execute(permits, () -> request.work = new CompletableFuture<Object>());
    grantedAtOnce(request);
  }

  private Request asks(int permits) {
    Request request = new Request(permits);
    requests.add(request);
    return request;
  }

  /** Whoever finds nobody waiting and enough free is told at once. */
  private void grantedAtOnce(Request request) {
    grant();
    if (request.state == State.GRANTED) {
      request.state = State.HOLDS;
    }
  }

  /** One who waits, or holds or runs, ends its future; a permit that was delivered stays. */
  void givesUp(int which) {
    Request request = one(which);
    if (request == null || request.future == null) {
      return;
    }
    boolean ended = request.future.completeExceptionally(new TimeoutException());
    boolean left =
        switch (request.state) {
          case WAITS, GRANTED, REFUSED -> true;
          case HOLDS -> request.isCall;
          case GONE -> false;
        };
    assertThat(ended).as("%s gives up", request.state).isEqualTo(left);
    if (left) {
      request.state = State.GONE;
      grant();
    }
  }

  /** One who holds a permit is done with it; twice, which must do no more than once. */
  void ends(int which) {
    Request request = one(which);
    if (request != null && request.state == State.HOLDS) {
      ends(request);
    }
  }

  private void ends(Request request) {
    request.end();
    request.end();
    request.state = State.GONE;
    grant();
  }

  /** False if nobody holds anything. */
  boolean endsTheFirst() {
    List<Request> holders = in(State.HOLDS);
    if (holders.isEmpty()) {
      return false;
    }
    ends(holders.get(0));
    return true;
  }

  void resizes(SemaphoreRateLimiter semaphore, int newLimit) {
    semaphore.resize(newLimit);
    limit = newLimit;
    for (Request request : in(State.WAITS)) {
      if (request.permits > newLimit) {
        request.state = State.REFUSED;
      }
    }
    grant();
  }

  /** The executor has run: all know where they stand. */
  void delivered() {
    for (Request request : in(State.GRANTED)) {
      assertThat(request.isCall ? request.work : request.future.getNow(null))
          .as("a permit")
          .isNotNull();
      request.state = State.HOLDS;
    }
    for (Request request : in(State.REFUSED)) {
      assertThat(request.future).isCompletedExceptionally();
      assertThat(request.future.handle((value, error) -> error).join())
          .isInstanceOf(IllegalArgumentException.class);
      request.state = State.GONE;
    }
  }

  /** What can be seen of the real one. */
  void check(SemaphoreRateLimiter semaphore) {
    assertThat(semaphore.availablePermits()).isEqualTo(Math.max(limit - out(), 0));
    assertThat(semaphore.waiters()).isEqualTo(in(State.WAITS).size());
    assertThat(in(State.WAITS))
        .allSatisfy(
            request -> {
              assertThat(request.work).as("a call that started before its turn").isNull();
              assertThat(request.future).isNotDone();
            });
  }

  /** The oldest first, and nobody past one who does not fit. */
  private void grant() {
    for (Request request : in(State.WAITS)) {
      if (out() + request.permits > limit) {
        return;
      }
      request.state = State.GRANTED;
    }
  }

  private int out() {
    return requests.stream()
        .filter(request -> request.state == State.GRANTED || request.state == State.HOLDS)
        .mapToInt(request -> request.permits)
        .sum();
  }

  private List<Request> in(State state) {
    return requests.stream().filter(request -> request.state == state).toList();
  }

  private Request one(int which) {
    return requests.isEmpty() ? null : requests.get(which % requests.size());
  }
}
