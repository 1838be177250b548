package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.ManualTime;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulConnection;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection is made in the background, made anew when it is gone, and paced if it fails. */
@Tag("unit")
class LinkTest {
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final ManualTime time = new ManualTime(-5);
  private final FakeConnector connector = new FakeConnector();
  private final Link link = new Link(connector, time, PAUSE.toNanos());

  private static final class FakeConnector implements Connector {
    final List<CompletableFuture<StatefulConnection<String, String>>> attempts = new ArrayList<>();
    boolean closed;
    @Nullable Throwable refuses; // to begin

    @Override
    public CompletionStage<? extends StatefulConnection<String, String>> connect() {
      if (refuses instanceof Error error) {
        throw error;
      }
      if (refuses instanceof RuntimeException exception) {
        throw exception;
      }
      CompletableFuture<StatefulConnection<String, String>> attempt = new CompletableFuture<>();
      attempts.add(attempt);
      return attempt;
    }

    @Override
    public CompletableFuture<?> close() {
      closed = true;
      return CompletableFuture.completedFuture(null);
    }
  }

  private static final class Call extends ScriptCall {
    @Nullable String outcome;

    Call() {
      super(Script.TAKE, "schlüssel", new Numbers(1, 23), new Numbers(4));
    }

    @Override
    void onReply(long first, long second, long third) {
      outcome = first + " " + second + " " + third;
    }

    @Override
    void onLateReply(long first, long second, long third) {
      outcome = "late " + first;
    }

    @Override
    void onFailure(Throwable error) {
      outcome = String.valueOf(error.getMessage());
    }
  }

  private Call send() {
    Call call = new Call();
    link.send(call);
    return call;
  }

  @Test
  void callsWaitForTheConnectionAndGoOutInOrder() {
    Call first = send();
    Call second = send();
    assertThat(connector.attempts).hasSize(1);
    second.fail(new IllegalStateException("its time is up"));
    Call third = send();
    Wire wire = new Wire();
    connector.attempts.get(0).complete(wire.connection);
    assertThat(wire.sent).as("the one that is over is not sent").hasSize(2);
    assertThat(send().outcome).isNull();
    assertThat(wire.sent).hasSize(3);
    assertThat(first.outcome).isNull();
    assertThat(third.outcome).isNull();
  }

  @Test
  void anAttemptThatFailsFailsThoseWhoWaitAndIsPaced() {
    Call first = send();
    connector.attempts.get(0).completeExceptionally(new IllegalStateException("refused"));
    assertThat(first.outcome).isEqualTo("refused");
    time.advance(PAUSE.minusNanos(1));
    assertThat(send().outcome).isEqualTo("refused");
    assertThat(connector.attempts).hasSize(1);
    time.advance(Duration.ofNanos(1));
    assertThat(send().outcome).isNull();
    assertThat(connector.attempts).hasSize(2);
  }

  private static Throwable missed() {
    return missed(new IllegalStateException("RedisHandshakeHandler not registered"));
  }

  private static Throwable missed(RuntimeException cause) {
    return new CompletionException(new RedisConnectionException("Unable to connect", cause));
  }

  /** Lettuce misses what Redis says if Redis is quick: an outage, where it was a mistake. */
  @Test
  void anAttemptWhoseOutcomeWasMissedIsMadeAgainAtOnce() {
    Call call = send();
    connector.attempts.get(0).completeExceptionally(missed());
    connector
        .attempts
        .get(1)
        .completeExceptionally(
            missed(new RedisConnectionException("Connection closed prematurely")));
    assertThat(call.outcome).isNull();
    connector
        .attempts
        .get(2)
        .completeExceptionally(new RedisCommandExecutionException("NOAUTH HELLO"));
    assertThat(call.outcome).contains("redis.uri has no password");
    assertThat(connector.attempts).hasSize(3);
  }

  @Test
  void anAttemptWhoseOutcomeIsAlwaysMissedFailsAfterSixTimes() {
    Call call = send();
    for (int i = 0; i < 6; i++) {
      assertThat(call.outcome).isNull();
      connector.attempts.get(i).completeExceptionally(missed());
    }
    assertThat(call.outcome).contains("Unable to connect");
    assertThat(connector.attempts).hasSize(6);
    assertThat(send().outcome).as("within the pause").contains("Unable to connect");
  }

  @Test
  void anAttemptWhoseOutcomeWasMissedIsNotMadeAgainForOneThatIsClosed() {
    send();
    link.close();
    connector.attempts.get(0).completeExceptionally(missed());
    assertThat(connector.attempts).hasSize(1);
    assertThat(connector.closed).isTrue();
  }

  @Test
  void aConnectionThatIsGoneIsMadeAnew() {
    send();
    Wire old = new Wire();
    connector.attempts.get(0).complete(old.connection);
    old.open = false;
    Call call = send();
    Wire next = new Wire();
    connector.attempts.get(1).complete(next.connection);
    assertThat(call.outcome).isNull();
    assertThat(next.sent).hasSize(1);
  }

  @Test
  void aConnectionThatGivesNoAnswersIsLetGo() {
    send();
    Wire old = new Wire();
    connector.attempts.get(0).complete(old.connection);
    link.doubt("");
    assertThat(old.open).isFalse();
    send();
    assertThat(connector.attempts).hasSize(2);
  }

  /** The kernel would send its first packet again after one second, three and seven. */
  @Test
  void anAttemptThatHangsKeepsTheNextFromBeginningForTwoPausesOnly() {
    send();
    time.advance(PAUSE.multipliedBy(2).minusNanos(1));
    send();
    assertThat(connector.attempts).hasSize(1);
    time.advance(Duration.ofNanos(1));
    send();
    assertThat(connector.attempts).hasSize(2);
    Wire wire = new Wire();
    connector.attempts.get(1).complete(wire.connection);
    assertThat(wire.sent).hasSize(3);
    Wire late = new Wire();
    connector.attempts.get(0).complete(late.connection);
    assertThat(late.open).as("one that comes later").isFalse();
    assertThat(wire.open).isTrue();
  }

  @Test
  void theFirstOfTwoAttemptsThatSucceedsIsUsedThoughTheOtherFails() {
    Call first = send();
    time.advance(PAUSE.multipliedBy(2));
    send();
    Wire wire = new Wire();
    connector.attempts.get(0).complete(wire.connection);
    assertThat(wire.sent).hasSize(2);
    connector.attempts.get(1).completeExceptionally(new IOException("refused"));
    assertThat(first.outcome).isNull();
    send();
    assertThat(wire.sent).hasSize(3);
    assertThat(connector.attempts).hasSize(2);
  }

  @Test
  void closingWaitsForAllAttempts() {
    send();
    time.advance(PAUSE.multipliedBy(2));
    send();
    CompletableFuture<?> closed = link.close();
    connector.attempts.get(1).completeExceptionally(new IOException("refused"));
    assertThat(connector.closed).isFalse();
    assertThat(closed).isNotDone();
    connector.attempts.get(0).complete(new Wire().connection);
    assertThat(connector.closed).isTrue();
    assertThat(closed).isDone();
  }

  /** An address that moved while the old server was demoted: 0 new connections in 30 s. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "READONLY You can't write against a read only replica.",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "ERR Error running script (call to f_1): @user_script:57: -READONLY You can't write"
      })
  void aReplicaIsNotTheServerAnyMore(String error) {
    Wire old = connected();
    Call call = send();
    old.fail(0, error);
    assertThat(call.outcome).isEqualTo(error);
    assertThat(old.open).isFalse();
    send();
    Wire next = new Wire();
    connector.attempts.get(1).complete(next.connection);
    assertThat(next.sent).hasSize(1);
  }

  @Test
  void aReplicaThatSaysSoOfOneKeyOfManyIsNotTheServerAnyMore() {
    Wire old = connected();
    Call call = send();
    old.answer(0, "!READONLY You can't write".getBytes(StandardCharsets.UTF_8));
    assertThat(call.outcome).contains("READONLY");
    assertThat(old.open).isFalse();
  }

  /** A password that is changed while the JVM runs is no mistake of its configuration. */
  @Test
  void aPasswordThatHasWorkedIsAnOutageOnceItIsRefused() {
    Wire old = connected();
    old.open = false;
    Call call = send();
    connector
        .attempts
        .get(1)
        .completeExceptionally(new RedisCommandExecutionException("WRONGPASS invalid"));
    assertThat(call.outcome).isEqualTo("WRONGPASS invalid");
  }

  /** A JVM that has just started rejected its first tries from an empty local bucket. */
  @Test
  void callsThatComeWhileTheFirstConnectionIsMadeHaveMoreTime() {
    Duration more = PAUSE.multipliedBy(4);
    assertThat(link.startingNanos(time.nanoTime())).isZero();
    send();
    assertThat(link.startingNanos(time.nanoTime())).isEqualTo(more.toNanos());
    time.advance(PAUSE);
    Wire wire = new Wire();
    connector.attempts.get(0).complete(wire.connection);
    assertThat(link.startingNanos(time.nanoTime())).isEqualTo(more.toNanos());
    time.advance(more);
    assertThat(link.startingNanos(time.nanoTime())).isZero();
    wire.open = false;
    send();
    connector.attempts.get(1).complete(new Wire().connection);
    assertThat(link.startingNanos(time.nanoTime())).as("the second connection").isZero();
  }

  @Test
  void callsHaveNoMoreTimeOnceTheFirstAttemptHasFailedOrHangs() {
    send();
    time.advance(PAUSE.multipliedBy(4));
    assertThat(link.startingNanos(time.nanoTime())).isZero();
    Link other = new Link(connector, time, PAUSE.toNanos());
    other.open();
    connector.attempts.get(1).completeExceptionally(new IOException("refused"));
    assertThat(other.startingNanos(time.nanoTime())).isZero();
  }

  @Test
  void closingFailsThoseWhoWaitAndLetsGoOfWhatComesLater() {
    Call waiting = send();
    link.close();
    link.close();
    assertThat(waiting.outcome).contains("closed");
    assertThat(connector.closed).as("while an attempt is under way").isFalse();
    assertThat(send().outcome).contains("closed");
    Wire late = new Wire();
    connector.attempts.get(0).complete(late.connection);
    assertThat(late.open).isFalse();
    assertThat(connector.closed).isTrue();
  }

  @Test
  void closingLetsGoOfTheClientAtOnceOrOnceTheAttemptHasFailed() {
    link.open();
    link.close();
    assertThat(connector.closed).isFalse();
    connector.attempts.get(0).completeExceptionally(new IOException("refused"));
    assertThat(connector.closed).isTrue();
  }

  /** It is a mistake as long as nobody ever got there; later, names may be out of order. */
  @Test
  void aHostThatNobodyEverKnewIsAMistake() {
    Call first = send();
    connector.attempts.get(0).completeExceptionally(new UnknownHostException("nowhere"));
    assertThat(first.outcome).contains("redis.uri", "nowhere");
  }

  @Test
  void aMistakeStandsUntilAnAttemptSucceeds() {
    Call first = send();
    connector.attempts.get(0).completeExceptionally(new RedisCommandExecutionException("NOAUTH"));
    assertThat(first.outcome).contains("redis.uri");
    time.advance(PAUSE);
    assertThat(send().outcome).as("while it is tried again").contains("redis.uri");
    assertThat(connector.attempts).hasSize(2);
    connector.attempts.get(1).complete(new Wire().connection);
    assertThat(send().outcome).isNull();
  }

  @Test
  void anAttemptThatCannotBeginFailsThoseWhoWait() {
    connector.refuses = new IllegalStateException("no thread");
    assertThat(send().outcome).isEqualTo("no thread");
    time.advance(PAUSE);
    connector.refuses = new NoClassDefFoundError("io/netty/channel/Channel");
    assertThat(send().outcome).contains("Lettuce", "io/netty/channel/Channel");
    time.advance(PAUSE);
    connector.refuses = null;
    assertThat(send().outcome).as("a mistake stands").contains("Lettuce");
    connector.attempts.get(0).complete(new Wire().connection);
    assertThat(send().outcome).isNull();
  }

  // ---- One command

  private Wire connected() {
    Wire wire = new Wire();
    link.open();
    connector.attempts.get(0).complete(wire.connection);
    return wire;
  }

  @Test
  void aCallGoesOverTheWireByItsDigest() {
    Wire wire = connected();
    send();
    assertThat(wire.text(0))
        .startsWith("*6\r\n$7\r\nEVALSHA\r\n$40\r\n")
        .contains("\r\n$1\r\n1\r\n$10\r\nschlüssel\r\n$16\r\n");
    byte[] bytes = wire.bytes(0);
    assertThat(ByteBuffer.wrap(bytes, bytes.length - 2 - 8, 8).getDouble()).isEqualTo(4);
  }

  @Test
  void aReplyIsToldInNumbers() {
    Wire wire = connected();
    Call call = send();
    wire.answer(0, Wire.numbers(7, 8, 9));
    assertThat(call.outcome).isEqualTo("7 8 9");
  }

  @Test
  void aScriptThatRedisDoesNotKnowIsSentWhole() {
    Wire wire = connected();
    Call call = send();
    wire.fail(0, "NOSCRIPT No matching script. Please use EVAL.");
    assertThat(wire.text(1)).startsWith("*6\r\n$4\r\nEVAL\r\n").contains(Script.TAKE.source);
    assertThat(call.outcome).isNull();
    wire.fail(1, "NOSCRIPT");
    assertThat(call.outcome).as("no second time").isEqualTo("NOSCRIPT");
    assertThat(wire.sent).hasSize(2);
  }

  /** Whose time is up before it was written is never written; else its answer is heard. */
  @Test
  void whatIsOverBeforeItIsWrittenIsCalledOff() {
    Wire wire = connected();
    Call unwritten = send();
    unwritten.fail(new IllegalStateException("time"));
    assertThat(wire.sent.get(0).isDone()).isTrue();
    assertThat(wire.sent.get(0).isCancelled()).isTrue();
    Call written = send();
    assertThat(wire.text(1)).isNotEmpty();
    written.fail(new IllegalStateException("time"));
    assertThat(wire.sent.get(1).isDone()).isFalse();
    wire.answer(1, Wire.numbers(3));
    assertThat(written.outcome).isEqualTo("late 3");
  }

  @Test
  void aCommandThatIsCancelledOrFailsIsAFailure() {
    Wire wire = connected();
    Call cancelled = send();
    wire.sent.get(0).cancel();
    assertThat(cancelled.outcome).contains("closed");
    Call failed = send();
    wire.sent.get(1).completeExceptionally(new RedisCommandExecutionException("LOADING"));
    assertThat(failed.outcome).isEqualTo("LOADING");
  }
}
