package io.asynctools.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One script that is to run: for which key, with which numbers, and who hears of the outcome, which
 * is told once: a reply, a failure, or that the time is up. A reply may still come after that, for
 * the script may have run all the same. Several of the same script may run as one command.
 */
abstract class ScriptCall {
  private static final System.Logger LOG = System.getLogger("io.asynctools.redis");
  private static final int OUT = 0;
  private static final int OVER = 1;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(ScriptCall.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Set while this thread tells an outcome: callbacks may run on it.
  private static final ThreadLocal<@Nullable Boolean> ANSWERING = new ThreadLocal<>();

  final Script script;
  final String key; // the whole of it, prefix included
  final Numbers bucket; // what all keys have in common
  final Numbers asked;
  long deadline; // of its time-out: written before it is sent
  private int redirects; // from one node of a Cluster to another: one thread at a time has the call
  private volatile int state;

  ScriptCall(Script script, String key, Numbers bucket, Numbers asked) {
    this.script = script;
    this.key = key;
    this.bucket = bucket;
    this.asked = asked;
  }

  /** Whether this thread is telling an outcome, and may not wait for another. */
  static boolean isBeingAnswered() {
    return Boolean.TRUE.equals(ANSWERING.get());
  }

  /** Whether nobody waits for the outcome any more. */
  final boolean isOver() {
    return state == OVER;
  }

  /** Counts that a node of a Cluster sends it to another, and returns how often it was. */
  final int redirected() {
    return ++redirects;
  }

  /** How many steps the script may take for it, roughly. */
  long steps() {
    return 1;
  }

  /** Takes what comes with the next reply: waits in microseconds, and whether limits are mixed. */
  void details(long headWait, long lastWait, boolean mixed) {}

  /** Redis has answered with so many numbers, the rest of them 0. Never throws. */
  final void reply(long first, long second, long third) {
    Boolean outer = ANSWERING.get();
    ANSWERING.set(true);
    try {
      if (end()) {
        onReply(first, second, third);
      } else {
        onLateReply(first, second, third);
      }
    } catch (Throwable e) {
      log(e);
    } finally {
      ANSWERING.set(outer);
    }
  }

  /** There will be no reply. Never throws. */
  final void fail(Throwable error) {
    Boolean outer = ANSWERING.get();
    ANSWERING.set(true);
    try {
      if (end()) {
        onFailure(error);
      }
    } catch (Throwable e) {
      log(e);
    } finally {
      ANSWERING.set(outer);
    }
  }

  /** Others may have come with the same answer, and are still to be told. */
  private static void log(Throwable error) {
    try {
      LOG.log(System.Logger.Level.WARNING, "an answer of Redis could not be told", error);
    } catch (Throwable e) {
      // there is nobody left to tell
    }
  }

  private boolean end() {
    return STATE.compareAndSet(this, OUT, OVER);
  }

  abstract void onReply(long first, long second, long third);

  abstract void onLateReply(long first, long second, long third);

  abstract void onFailure(Throwable error);
}
