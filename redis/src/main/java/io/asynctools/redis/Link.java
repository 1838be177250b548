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
 * The one connection to a server that is ours. It is made when the first call comes, and made anew
 * when one comes and finds it gone, but not sooner than a pause after an attempt that failed. Only
 * one of which Lettuce cannot say why it failed is made again at once, a few times: a refused
 * password is a mistake, and must not be taken for an outage. Calls that come while it is being
 * made go out once it is there, unless their time is up.
 *
 * <p>An attempt whose packets are swallowed would be repeated by the kernel after one second, three
 * and seven. So an attempt that has been under way for two pauses no longer keeps a call from
 * beginning another; the first that succeeds is used, and Lettuce ends the others.
 */
final class Link implements Scripts {
  // How often an attempt whose outcome Lettuce has missed is made again before it is an outage.
  private static final int REPEATS = 5;

  private final Connector connector;
  private final TimeSource time;
  private final long pause;
  private final Pipe.@Nullable Redirects redirects;

  private volatile @Nullable Pipe pipe; // written under lock
  private volatile boolean isStarting; // the first attempt is under way, or has just succeeded
  private volatile long startsUntil; // written before isStarting

  // Guarded by this.
  private List<ScriptCall> waiting = new ArrayList<>();
  private List<CompletableFuture<StatefulConnection<String, String>>> asking = new ArrayList<>();
  private boolean connecting; // the last attempt is under way
  private int underWay; // attempts in all
  private int attempt; // the number of the last
  private long attemptedAt;
  private @Nullable Throwable failure; // of the last attempt
  private long failedAt;
  private boolean everConnected;
  private boolean closed;
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  /**
   * @param pause how long after an attempt that failed no other is made, in nanoseconds
   */
  Link(Connector connector, TimeSource time, long pause) {
    this(connector, time, pause, null);
  }

  /**
   * @param redirects takes the calls that belong to another node of a Cluster; null if there is
   *     none
   */
  Link(Connector connector, TimeSource time, long pause, Pipe.@Nullable Redirects redirects) {
    this.connector = connector;
    this.time = time;
    this.pause = pause;
    this.redirects = redirects;
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

  /** Sends a call to the node that a slot is moving to. */
  void sendAsking(ScriptCall call) {
    Pipe p = pipe;
    if (p != null && p.isOpen()) {
      p.sendAsking(call);
    } else {
      sendLater(call); // without: the node redirects it back, and it asks again
    }
  }

  /** Whether there is a connection, as far as anyone knows. */
  boolean isUp() {
    Pipe p = pipe;
    return p != null && p.isOpen();
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
    if (begun != 0) {
      connect(begun, REPEATS);
    }
    if (refused != null) {
      call.fail(refused);
    } else if (made != null) {
      made.send(call);
    }
  }

  /** Connects now, before the first call comes. */
  void open() {
    CompletableFuture<?> unused = connection();
  }

  /**
   * Returns the connection that there is or, if there is none, the outcome of the attempt that is
   * under way, of a new one, or of one that failed just now.
   */
  CompletableFuture<StatefulConnection<String, String>> connection() {
    CompletableFuture<StatefulConnection<String, String>> outcome = new CompletableFuture<>();
    Throwable refused;
    Pipe made;
    int begun = 0;
    synchronized (this) {
      refused = whyNot();
      made = pipe != null && pipe.isOpen() ? pipe : null;
      if (refused == null && made == null) {
        begun = begin();
        asking.add(outcome);
      }
    }
    if (refused != null) {
      outcome.completeExceptionally(refused);
    } else if (made != null) {
      outcome.complete(made.connection);
    } else if (begun != 0) {
      connect(begun, REPEATS);
    }
    return outcome;
  }

  @Override
  public CompletableFuture<?> attempt() {
    return connection().thenCompose(WarmUp::run);
  }

  private @Nullable Throwable whyNot() {
    if (closed) {
      return new RedisException("the limiter is closed");
    }
    return !connecting && failure != null && time.nanoTime() - failedAt < pause ? failure : null;
  }

  /** The number of an attempt that is to be made now; 0 if one is under way. */
  private int begin() {
    long now = time.nanoTime();
    if (connecting && now - attemptedAt < 2 * pause) {
      return 0;
    }
    waiting.removeIf(ScriptCall::isOver);
    connecting = true;
    underWay++;
    pipe = null;
    attemptedAt = now;
    if (attempt == 0) {
      startsUntil = now + 4 * pause;
      isStarting = true;
    }
    return ++attempt;
  }

  /**
   * Calls that come while the first connection is being made, or soon after, have more time until a
   * call has ended: four time-outs, or a second. A JVM that has just started loads the client's
   * classes meanwhile.
   */
  @Override
  public long startingNanos(long now) {
    if (!isStarting) {
      return 0;
    }
    long left = startsUntil - now;
    if (left <= 0) {
      isStarting = false;
      return 0;
    }
    return left;
  }

  private void connect(int number, int repeats) {
    try {
      CompletionStage<?> unused =
          connector
              .connect()
              .whenComplete(
                  (made, error) -> {
                    if (error == null) {
                      connected(made);
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

  private void connected(StatefulConnection<String, String> made) {
    Pipe opened = new Pipe(made, true, redirects);
    List<ScriptCall> calls;
    List<CompletableFuture<StatefulConnection<String, String>>> asked;
    synchronized (this) {
      if (closed || isUp()) {
        calls = null;
        asked = List.of();
      } else {
        underWay--;
        connecting = false;
        if (!everConnected) {
          startsUntil = time.nanoTime() + 4 * pause; // the first answers need more classes
        }
        everConnected = true;
        failure = null;
        pipe = opened;
        calls = takeWaiting();
        asked = takeAsking();
      }
    }
    if (calls == null) {
      CompletableFuture<?> unused = made.closeAsync().whenComplete((done, error) -> attemptOver());
      return;
    }
    calls.forEach(opened::send);
    asked.forEach(each -> each.complete(made));
  }

  private void failed(int number, Throwable error) {
    attemptOver();
    List<ScriptCall> calls;
    List<CompletableFuture<StatefulConnection<String, String>>> asked;
    Throwable told;
    synchronized (this) {
      if (!isWanted(number)) {
        return;
      }
      connecting = false;
      isStarting = false;
      // What has worked before is no mistake: then it is an outage.
      LimiterConfigException mistake = Diagnosis.mistake(error, null, everConnected);
      told = mistake == null ? error : mistake;
      failure = told;
      failedAt = time.nanoTime();
      calls = takeWaiting();
      asked = takeAsking();
    }
    calls.forEach(call -> call.fail(told));
    asked.forEach(each -> each.completeExceptionally(told));
  }

  private List<ScriptCall> takeWaiting() {
    List<ScriptCall> calls = waiting;
    waiting = new ArrayList<>();
    return calls;
  }

  private List<CompletableFuture<StatefulConnection<String, String>>> takeAsking() {
    List<CompletableFuture<StatefulConnection<String, String>>> asked = asking;
    asking = new ArrayList<>();
    return asked;
  }

  /** Lets go of a connection that gives no answers. */
  @Override
  public void doubt(String node) {
    Pipe old;
    synchronized (this) {
      old = pipe;
      pipe = null;
    }
    if (old != null) {
      old.close();
    }
  }

  /** Were the client shut down during an attempt, the socket would stay: the attempt ends first. */
  @Override
  public CompletableFuture<?> close() {
    List<ScriptCall> calls;
    List<CompletableFuture<StatefulConnection<String, String>>> asked;
    Pipe old;
    boolean now;
    synchronized (this) {
      if (closed) {
        return ended;
      }
      closed = true;
      isStarting = false;
      old = pipe;
      pipe = null;
      calls = takeWaiting();
      asked = takeAsking();
      now = underWay == 0;
    }
    if (old != null) {
      old.close();
    }
    if (now) {
      end();
    }
    RedisException error = new RedisException("the limiter is closed");
    calls.forEach(call -> call.fail(error));
    asked.forEach(each -> each.completeExceptionally(error));
    return ended;
  }

  /** An attempt is over, and closing may have waited for it. */
  private void attemptOver() {
    boolean last;
    synchronized (this) {
      underWay--;
      last = closed && underWay == 0;
    }
    if (last) {
      end();
    }
  }

  private void end() {
    CompletableFuture<?> unused =
        connector.close().whenComplete((done, error) -> ended.complete(null));
  }
}
