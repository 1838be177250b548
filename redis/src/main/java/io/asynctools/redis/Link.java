package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.Failures;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to Redis that is ours. It is made when the first call comes, and made anew
 * when one comes and finds it gone, but not sooner than a pause after an attempt that failed. Only
 * one of which Lettuce cannot say why it failed is made again at once, a few times: a refused
 * password is a mistake, and must not be taken for an outage. Calls that come while it is being
 * made go out once it is there, unless their time is up.
 */
final class Link implements Scripts {
  // Longer than any handshake takes; an attempt that hangs (a host that swallows packets) is
  // given up after that.
  private static final long PATIENCE = 5_000_000_000L;

  // How often an attempt whose outcome Lettuce has missed is made again before it is an outage.
  private static final int REPEATS = 5;

  private final Connector connector;
  private final TimeSource time;
  private final long pause;

  private volatile @Nullable Pipe pipe; // written under lock
  // Guarded by this.
  private List<ScriptCall> waiting = new ArrayList<>();
  private boolean connecting;
  private int attempt; // the number of the last
  private long attemptedAt;
  private @Nullable Throwable failure; // of the last attempt
  private long failedAt;
  private boolean everConnected;
  private boolean closed;

  /**
   * @param pause how long after an attempt that failed no other is made, in nanoseconds
   */
  Link(Connector connector, TimeSource time, long pause) {
    this.connector = connector;
    this.time = time;
    this.pause = pause;
  }

  @Override
  public void send(ScriptCall call) {
    Pipe p = pipe;
    if (p != null && p.isOpen()) {
      p.send(call);
    } else {
      sendLater(call);
    }
  }

  private void sendLater(ScriptCall call) {
    Throwable refused;
    Pipe made;
    int begun = 0;
    synchronized (this) {
      refused = whyNot();
      made = pipe != null && pipe.isOpen() ? pipe : null;
      if (refused == null && made == null) {
        begun = begin();
        if (failure instanceof LimiterConfigException) {
          refused = failure; // a mistake stands until an attempt succeeds
        } else {
          waiting.add(call);
        }
      }
    }
    if (refused != null) {
      if (begun != 0) {
        connect(begun, REPEATS);
      }
      call.fail(refused);
    } else if (made != null) {
      made.send(call);
    } else if (begun != 0) {
      connect(begun, REPEATS);
    }
  }

  /** Connects now, before the first call comes. */
  void open() {
    int begun;
    synchronized (this) {
      begun = closed ? 0 : begin();
    }
    if (begun != 0) {
      connect(begun, REPEATS);
    }
  }

  private @Nullable Throwable whyNot() {
    if (closed) {
      return new RedisException("the limiter is closed");
    }
    return !connecting && failure != null && time.nanoTime() - failedAt < pause ? failure : null;
  }

  /** The number of an attempt that is to be made now; 0 if one is under way. */
  private int begin() {
    if (connecting) {
      return 0;
    }
    connecting = true;
    pipe = null;
    attemptedAt = time.nanoTime();
    return ++attempt;
  }

  private void connect(int number, int repeats) {
    try {
      CompletionStage<?> unused =
          connector
              .connect()
              .whenComplete(
                  (made, error) -> {
                    if (error == null) {
                      connected(number, made);
                    } else if (repeats > 0 && isWanted(number) && Diagnosis.isMissed(error)) {
                      connect(number, repeats - 1);
                    } else {
                      failed(number, Failures.unwrap(error));
                    }
                  });
    } catch (LinkageError e) {
      failed(number, new LimiterConfigException("Lettuce or what it needs is not whole: " + e, e));
    } catch (Throwable e) {
      failed(number, e);
    }
  }

  private synchronized boolean isWanted(int number) {
    return !closed && connecting && number == attempt;
  }

  private void connected(int number, StatefulConnection<String, String> made) {
    Pipe opened = new Pipe(made);
    List<ScriptCall> calls;
    synchronized (this) {
      if (!isWanted(number)) {
        calls = null;
      } else {
        connecting = false;
        everConnected = true;
        failure = null;
        pipe = opened;
        calls = takeWaiting();
      }
    }
    if (calls == null) {
      CompletableFuture<?> unused = made.closeAsync().whenComplete((done, error) -> letGo(number));
      return;
    }
    calls.forEach(opened::send);
  }

  private void failed(int number, Throwable error) {
    letGo(number);
    List<ScriptCall> calls;
    Throwable told;
    synchronized (this) {
      if (!isWanted(number)) {
        return;
      }
      connecting = false;
      // A host that nobody knows is a mistake, unless it was known before: then it is an outage.
      LimiterConfigException mistake = Diagnosis.mistake(error, null, everConnected);
      told = mistake == null ? error : mistake;
      failure = told;
      failedAt = time.nanoTime();
      calls = takeWaiting();
    }
    calls.forEach(call -> call.fail(told));
  }

  private List<ScriptCall> takeWaiting() {
    List<ScriptCall> calls = waiting;
    waiting = new ArrayList<>();
    return calls;
  }

  /** Lets go of a connection that gives no answers, or of an attempt that hangs. */
  @Override
  public void doubt(String node) {
    Pipe old;
    synchronized (this) {
      old = pipe;
      pipe = null;
      if (connecting && time.nanoTime() - attemptedAt > PATIENCE) {
        connecting = false; // its calls stay, for the next attempt; most are over
        waiting.removeIf(ScriptCall::isOver);
      }
    }
    if (old != null) {
      old.close();
    }
  }

  /** Were the client shut down during an attempt, the socket would stay: the attempt ends first. */
  @Override
  public void close() {
    List<ScriptCall> calls;
    boolean now;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      pipe = null;
      calls = takeWaiting();
      now = !connecting;
    }
    if (now) {
      connector.close();
    }
    calls.forEach(call -> call.fail(new RedisException("the limiter is closed")));
  }

  /** The attempt that closing waited for is over. */
  private void letGo(int number) {
    boolean last;
    synchronized (this) {
      last = closed && connecting && number == attempt;
      if (last) {
        connecting = false;
      }
    }
    if (last) {
      connector.close();
    }
  }
}
