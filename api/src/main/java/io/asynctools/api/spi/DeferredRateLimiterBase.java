package io.asynctools.api.spi;

import org.jspecify.annotations.Nullable;

/**
 * A limiter whose rule answers later: it lives on another machine, say. It waits in the same line,
 * in the same order, with the same {@code maxWait}, cancellation and closing as any other.
 *
 * <p>The line asks for its head, one question at a time, and never under a lock. A request with
 * {@code maxWait} zero is the asynchronous try: it waits for its turn and for the answer, but not
 * for a permit. {@code tryAcquire} answers from what {@link #take} can give without asking, which
 * is nothing unless a subclass says otherwise.
 *
 * <p>A grant whose waiter has left before the answer came is given back by {@link #undo}, with the
 * mark that the answer had. The rule has to answer every question in the end, by {@link
 * Answer#failed} if need be, also when whoever asked has left or the limiter was closed meanwhile:
 * until then the line waits.
 *
 * <p>One who waits for an answer counts among the waiters: with {@code maxWaiters} zero, nobody is
 * asked for and nobody admitted. {@link #nanosUntil}, {@link #UNKNOWN} unless overridden, tells a
 * newcomer's wait and when to come back; it is not asked for the head.
 */
public abstract class DeferredRateLimiterBase extends RateLimiterBase {
  // All guarded by the lock of the line.
  private @Nullable Answer asking;
  private long deniedPermits; // nobody who asks for as many need ask before deniedUntil; 0 for none
  private long deniedUntil;
  private boolean deniedUntilWoken; // instead: by an answer that knows no time
  private boolean asksAgain; // at askAgainAt at the latest, though the no may still hold
  private long askAgainAt;
  private boolean stale; // something has changed since the question was asked

  /**
   * Makes a limiter on which nobody waits.
   *
   * @param settings its name, time source, executor and bounds
   */
  protected DeferredRateLimiterBase(LimiterSettings settings) {
    super(settings);
  }

  /**
   * Asks the rule. Called without a lock, on the thread of whoever caused the question, which may
   * be the timer's; must not block. What it throws counts as {@link Answer#failed}.
   *
   * @param permits how many are asked for
   * @param answer takes the answer, once, on any thread, now or later
   */
  protected abstract void request(long permits, Answer answer);

  /**
   * Takes what can be had without asking: by default nothing.
   *
   * @param permits how many
   * @return {@link #REFUSED}, or a mark
   */
  @Override
  protected long take(long permits) {
    return REFUSED;
  }

  /**
   * An answer has been put to use: the one who was asked for has it, and those behind were offered
   * what {@link #take} can give. A rule that asked for all of them at once returns here what nobody
   * took. Called after each answer, without a lock, on the thread that answered or asked; the next
   * question may be out already. Does nothing by default; must not throw.
   */
  protected void afterAnswer() {}

  /**
   * Runs after the last waiter has left the wait queue, granted or not, without its lock. A rule
   * that holds something for its waiters returns it here. Does nothing by default; must not throw.
   */
  @Override
  protected void afterLastWaiter() {}

  /**
   * How many permits are asked for in all by those who wait, the head included: what a rule may ask
   * for at once. Takes the lock of the line for a moment; not for use inside {@link #take} or
   * {@link #undo}.
   *
   * @return the sum, 0 or more
   */
  protected final long queuedPermits() {
    return line().askedWith(0);
  }

  @Override
  final long nanosUntilHead(Waiter head) {
    if (asking != null) {
      return UNKNOWN;
    }
    if (deniedPermits != 0 && head.permits >= deniedPermits) {
      long left = nanosDenied();
      if (left > 0 && nanosUntilAskAgain() > 0) {
        return left;
      }
    }
    Answer answer = new Answer(this, head, head.line.nanosLeft(head));
    asking = answer;
    stale = false;
    head.line.later(answer::send);
    return UNKNOWN;
  }

  /** How long the last no holds; UNKNOWN until the next wake, 0 or less if no longer. */
  @Override
  final long nanosDenied() {
    return deniedUntilWoken ? UNKNOWN : deniedUntil - nanoTime();
  }

  @Override
  final long nanosUntilAskAgain() {
    return asksAgain && asking == null && deniedPermits != 0
        ? Math.max(askAgainAt - nanoTime(), 0)
        : UNKNOWN;
  }

  @Override
  final boolean answersLater() {
    return true;
  }

  @Override
  final boolean awaitsAnswer() {
    return asking != null;
  }

  @Override
  final void forgetAnswer() {
    deniedPermits = 0;
    stale = true;
  }

  /** The question was answered; under the lock. */
  final void answered() {
    asking = null;
    deniedPermits = 0;
  }

  /** The question was answered by a no; under the lock. */
  final void denied(long permits, long nanos, long askAgainNanos) {
    if (stale) {
      return; // the no may be out of date: the head asks again
    }
    asksAgain = askAgainNanos < nanos;
    askAgainAt = nanoTime() + Math.min(askAgainNanos, Long.MAX_VALUE / 2);
    deniedPermits = permits;
    deniedUntilWoken = nanos == UNKNOWN;
    deniedUntil = nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2);
  }
}
