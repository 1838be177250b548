package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection and the calls that go through it. A call goes out at once while few commands are on
 * their way; else it waits for the next that comes back, and goes out with all others that have
 * come meanwhile, whatever their keys, as one command: a script that runs for many keys costs both
 * sides far less than as many scripts. So nobody waits for company, and the busier the connection,
 * the cheaper a call.
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

  final StatefulConnection<String, String> connection;
  private volatile boolean apart; // each call by itself: for good
  private final ConcurrentLinkedQueue<ScriptCall> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger out = new AtomicInteger(); // commands on their way
  private final AtomicInteger work = new AtomicInteger(); // above 0 while somebody sends

  // Of whoever sends.
  private final ScriptCall[] next = new ScriptCall[MOST_KEYS];
  private int count;

  Pipe(StatefulConnection<String, String> connection) {
    this.connection = connection;
    this.apart = connection instanceof StatefulRedisClusterConnection;
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    CompletableFuture<?> unused = connection.closeAsync();
  }

  /** Never throws: the call hears of it. */
  void send(ScriptCall call) {
    try {
      if (apart) {
        if (!call.isOver()) {
          LettuceCall.send(this, call);
        }
        return;
      }
      queue.add(call);
    } catch (Throwable e) {
      call.fail(e);
      return;
    }
    sendNext();
  }

  /** A command has come back, or never will. */
  void cameBack() {
    if (!apart) {
      out.decrementAndGet();
      sendNext();
    }
  }

  /** These may not go out together. */
  void sendApart(ScriptCall[] calls) {
    apart = true;
    for (ScriptCall call : calls) {
      send(call);
    }
    sendNext(); // those that wait for company
  }

  private void sendNext() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      while ((apart || out.get() < FEW) && takeNext() > 0) {
        sendTaken();
      }
      seen = work.addAndGet(-seen);
    } while (seen != 0);
  }

  /** Fills {@code next}; those whose time is up are left out. */
  private int takeNext() {
    count = 0;
    for (ScriptCall first = queue.peek(); first != null; first = queue.peek()) {
      if (count == (apart ? 1 : MOST_KEYS) || (count > 0 && next[0].script != first.script)) {
        break;
      }
      queue.poll();
      if (!first.isOver()) {
        next[count++] = first;
      }
    }
    return count;
  }

  private void sendTaken() {
    out.incrementAndGet();
    try {
      LettuceCall.send(this, Arrays.copyOf(next, count));
    } catch (Throwable e) { // out of memory: the thread that sends has to go on
      out.decrementAndGet();
      for (int i = 0; i < count; i++) {
        next[i].fail(e);
      }
    }
    Arrays.fill(next, 0, count, null);
  }
}
