package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One who waits in a {@link Line}: the future that {@code acquire} gave, and itself the node of the
 * list.
 *
 * <pre>
 *   WAITING ──► SETTLED ──► DELIVERED     granted or refused, then told so, on the executor
 *      │           │
 *      └──► GONE ◄─┘                      ended by its caller; a grant not yet delivered is undone
 * </pre>
 *
 * The steps out of WAITING are made under the line's lock, so that nothing is ever taken for one
 * who has left. The steps out of SETTLED race without it, by compare-and-set.
 */
class Waiter extends GuardedFuture<Permit> implements Runnable {
  static final byte WAITING = 0;
  static final byte SETTLED = 1;
  static final byte DELIVERED = 2;
  static final byte GONE = 3;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", byte.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Line line;
  final long permits;

  // Guarded by the line's lock, up to SETTLED; `next` then links those to be told.
  @Nullable Waiter previous;
  @Nullable Waiter next;
  int slot = -1; // in the line's deadlines
  boolean tryOnly; // waits for an answer, but not for a permit
  long mark; // what the rule gave with the grant, for an undo,
  int grant; // the number of the grant,
  int undosBefore; // and how many undos there had been

  // A byte, and so is `tryOnly`: with a word each, a waiter would be 8 bytes larger.
  private volatile byte state; // WAITING
  private @Nullable Object outcome; // a Permit or a Throwable, written before SETTLED
  private @Nullable ClassLoader loader; // the caller's; cleared when the wait ends

  Waiter(Line line, long permits) {
    this(line, permits, ContextLoader.current());
  }

  private Waiter(Line line, long permits, @Nullable ClassLoader loader) {
    this.line = line;
    this.permits = permits;
    this.loader = loader;
  }

  /** Asks the rule for this waiter, which is at the head, under the lock. */
  long take() {
    return line.limiter.take(permits);
  }

  /** After a refusal by {@link #take}: when to ask again; under the lock. */
  long nanosUntil() {
    return line.limiter.nanosUntilHead(this);
  }

  final boolean isWaiting() {
    return state == WAITING;
  }

  /** Under the lock, by whoever took the waiter out of the line. */
  final void settle(Object outcome) {
    this.outcome = outcome;
    state = SETTLED;
  }

  /** Under the lock, by whoever took the waiter out of the line. */
  final void leave() {
    loader = null;
    state = GONE;
  }

  /** Takes back a grant or a refusal that has not been delivered; says which it was by a permit. */
  final boolean withdraw() {
    boolean withdrawn = STATE.compareAndSet(this, SETTLED, GONE);
    if (withdrawn) {
      loader = null;
    }
    return withdrawn;
  }

  final boolean wasGranted() {
    return outcome instanceof Permit;
  }

  @Override
  protected boolean endFromOutside(@Nullable Throwable failure) {
    return line.leave(this);
  }

  /**
   * Delivers the outcome, on the executor, with the caller's context class loader. Does nothing if
   * the waiter has left, or if the outcome was delivered before.
   */
  @Override
  public final void run() {
    if (!STATE.compareAndSet(this, SETTLED, DELIVERED) || outcome == null) {
      return;
    }
    if (isToldAtOnce()) {
      deliver(outcome);
      return;
    }
    ClassLoader callers = loader;
    loader = null;
    ClassLoader before = ContextLoader.enter(callers);
    try {
      deliver(outcome);
    } finally {
      ContextLoader.enter(before);
    }
  }

  /** Tells an outcome that was known before this waiter joined the line. */
  final void answer(Object outcome) {
    loader = null;
    state = DELIVERED;
    deliver(outcome);
  }

  void deliver(Object outcome) {
    if (outcome instanceof Permit permit) {
      finish(permit);
    } else {
      finishExceptionally((Throwable) outcome);
    }
  }

  @Override
  public String toString() {
    return "Waiter[limiter="
        + line.limiter.name()
        + ", permits="
        + permits
        + ", state="
        + stateText()
        + "]";
  }

  /** Whether to be told on the thread at hand, since no user code hears of it there. */
  boolean isToldAtOnce() {
    return false;
  }

  /** A thread that waits in {@code acquireBlocking}, and hears of its grant by being woken. */
  static final class ForThread extends Waiter {
    ForThread(Line line, long permits) {
      super(line, permits, null);
    }

    @Override
    boolean isToldAtOnce() {
      return true;
    }
  }

  /** One who waits for {@code execute}: the caller holds the call's future, not this one. */
  static final class ForCall extends Waiter {
    private final CallFuture<?> call;

    ForCall(Line line, long permits, CallFuture<?> call) {
      super(line, permits);
      this.call = call;
    }

    @Override
    void deliver(Object outcome) {
      if (outcome instanceof Throwable refusal) {
        call.refused(refusal);
      } else if (!call.start((Permit) outcome)) {
        line.undo(this); // ended between the grant and the start
      }
    }
  }
}
