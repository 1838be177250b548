package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection and the calls that go through it. A call goes out at once while few commands are on
 * their way; else it waits for the next that comes back, or for so many others that a command is
 * full, and goes out with all that have come meanwhile, whatever their keys: a script that runs for
 * many keys costs both sides far less than as many scripts. So the busier the connection, the
 * cheaper a call, and however far away Redis is, no number of calls is too large.
 *
 * <p>A command to a Cluster can only be about keys of one slot, so there each call goes out by
 * itself, and at once. So it does once a server has said that it is part of one, or a proxy that
 * has one behind it.
 *
 * <p><b>One thread at a time sends</b>, whichever came when nobody did: the others count up {@code
 * work}, and it looks again. Nobody waits, and a command that fails at once, and so has the next
 * one sent, leads to no recursion.
 */
final class Pipe {
  private static final int FEW = 4; // commands: one more comes back in a quarter of the way
  private static final int MOST_KEYS = 32; // in one: what Redis does in some 100 µs
  private static final int MOST_STEPS = 1_000; // of the script

  /** Takes the calls that belong to another node of a Cluster. */
  interface Redirects {
    /**
     * Takes a call that a node did not run. Never throws.
     *
     * @param error what the node said: where the call belongs
     * @return false if it says nothing of the kind
     */
    boolean redirect(ScriptCall call, String error);
  }

  final StatefulConnection<String, String> connection;
  private final boolean isOurs;
  private final @Nullable Redirects redirects;
  private volatile boolean apart; // each call by itself: for good
  private final Lane questions = new Lane();
  private final Lane giveBacks = new Lane();
  private final AtomicInteger out = new AtomicInteger(); // commands on their way
  private final AtomicInteger work = new AtomicInteger(); // above 0 while somebody sends

  // Of whoever sends.
  private final ScriptCall[] next = new ScriptCall[MOST_KEYS];
  private int count;

  /** Calls of one script that wait for company. */
  private static final class Lane {
    final ConcurrentLinkedQueue<ScriptCall> queue = new ConcurrentLinkedQueue<>();
    final AtomicInteger length = new AtomicInteger();

    void add(ScriptCall call) {
      queue.add(call);
      length.incrementAndGet();
    }

    void removeFirst() {
      queue.poll();
      length.decrementAndGet();
    }
  }

  /**
   * @param isOurs whether the connection is closed once its server turns out to be a replica
   * @param redirects takes what belongs to another node; null if this is no node of a Cluster, or
   *     another sees to it
   */
  Pipe(
      StatefulConnection<String, String> connection,
      boolean isOurs,
      @Nullable Redirects redirects) {
    this.connection = connection;
    this.isOurs = isOurs;
    this.redirects = redirects;
    this.apart = redirects != null || connection instanceof StatefulRedisClusterConnection;
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    CompletableFuture<?> unused = connection.closeAsync();
  }

  /**
   * The server is a replica, so the address belongs to another by now, or the name does: a new
   * connection finds it.
   */
  void isReplica() {
    if (isOurs) {
      close();
    }
  }

  /** Whether another node has taken a call that this one did not run. */
  boolean redirected(ScriptCall call, String error) {
    return redirects != null && redirects.redirect(call, error);
  }

  /** Sends a call to the node that its slot is moving to. Never throws: the call hears of it. */
  void sendAsking(ScriptCall call) {
    if (!call.isOver()) {
      out.incrementAndGet();
      LettuceCall.sendAsking(this, call);
    }
  }

  /** Never throws: the call hears of it. */
  void send(ScriptCall call) {
    if (apart) {
      sendAlone(call);
      return;
    }
    try {
      (call.script == Script.GIVE_BACK ? giveBacks : questions).add(call);
    } catch (Throwable e) {
      call.fail(e);
      return;
    }
    sendNext();
  }

  /** Sends each by itself, and nothing else of it is known. */
  void sendEach(ScriptCall[] calls) {
    for (ScriptCall call : calls) {
      sendAlone(call);
    }
  }

  /** Keys may not go together here. */
  void sendApart(ScriptCall[] calls) {
    apart = true;
    sendEach(calls);
    sendNext(); // those that wait for company
  }

  /** A command has come back, or never will. */
  void cameBack() {
    left();
    if (!apart) {
      sendNext();
    }
  }

  /** A command will not be written, which Lettuce has found out: this is no time to send others. */
  void left() {
    out.decrementAndGet();
  }

  private void sendAlone(ScriptCall call) {
    if (!call.isOver()) {
      send(new ScriptCall[] {call});
    }
  }

  private void send(ScriptCall[] calls) {
    out.incrementAndGet();
    LettuceCall.send(this, calls);
  }

  private void sendNext() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      boolean sent = true;
      while (sent) {
        sent = sendFrom(questions);
        sent |= sendFrom(giveBacks);
      }
      seen = work.addAndGet(-seen);
    } while (seen != 0);
  }

  private boolean sendFrom(Lane lane) {
    boolean alone = apart;
    if (!alone && out.get() >= FEW && lane.length.get() < MOST_KEYS) {
      return false;
    }
    take(lane, alone ? 1 : MOST_KEYS);
    if (count == 0) {
      return false;
    }
    try {
      send(Arrays.copyOf(next, count));
    } catch (Throwable e) { // out of memory, before anything was sent
      for (int i = 0; i < count; i++) {
        next[i].fail(e);
      }
    }
    Arrays.fill(next, 0, count, null);
    return true;
  }

  /** Fills {@code next}; those whose time is up are left out. */
  private void take(Lane lane, int most) {
    count = 0;
    long steps = 0;
    ScriptCall first = lane.queue.peek();
    while (first != null && count < most) {
      if (!first.isOver()) {
        steps += first.steps();
        if (count > 0 && steps > MOST_STEPS) {
          return;
        }
        next[count++] = first;
      }
      lane.removeFirst();
      first = lane.queue.peek();
    }
  }
}
