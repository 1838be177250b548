package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.ManualTime;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What waiting does not mend is told to the caller, whatever the failure mode: never unlimited. */
@Tag("unit")
class MistakesTest {

  private static Throwable failure(CompletableFuture<?> future) {
    return Failures.unwrap(future.handle((value, error) -> error).join());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WRONGPASS invalid username-password pair or user is disabled.|redis.uri|password",
        "NOAUTH Authentication required.|redis.uri|password",
        "ERR invalid password|redis.uri|correct it",
        "ERR AUTH <password> called without any password configured for the default user.|redis.uri|leave it out",
        "ERR Client sent AUTH, but no password is set|redis.uri|leave it out",
        "ERR The user executing the script can't run this command or subcommand|redis.uri|EVALSHA",
        "ERR Unknown Redis command called from script script: f_1|redis.uri|scripts",
        "ERR Write commands not allowed after non deterministic commands.|redis.uri|6.2",
        "ASK 3999 127.0.0.1:6381|redis.uri|cluster",
        "NOPERM this user has no permissions to run the 'evalsha' command|redis.uri|EVALSHA",
        "ERR unknown command `EVALSHA`, with args beginning with:|redis.uri|scripts",
        "ERR Error running script (call to f_1): @user_script:57: ERR syntax error|redis.uri|6.2",
        "WRONGTYPE Operation against a key holding the wrong kind of value|'p:key'|key-prefix",
        "FOREIGN value|'p:key'|key-prefix",
        "MOVED 3999 127.0.0.1:6381|redis.uri|cluster",
        "ERR This instance has cluster support disabled|redis.uri|cluster"
      })
  void anErrorNamesTheOptionOrTheKeyAndTheWayOut(String error, String name, String wayOut) {
    for (OnFailure mode : OnFailure.values()) {
      Fixture it = new Fixture("1/s", 5, mode);
      it.redis.fails(error);
      assertThat(failure(it.asked(1)))
          .isInstanceOf(LimiterConfigException.class)
          .hasMessageContaining(name)
          .hasMessageContaining(wayOut);
      assertThat(it.limiter.tryAcquire()).isEmpty();
    }
  }

  /** It is no outage: the next is told, too, however many there are, and it mends at once. */
  @ParameterizedTest
  @EnumSource(OnFailure.class)
  void everyCallerIsToldUntilItIsMended(OnFailure mode) {
    Fixture it = new Fixture("1/s", 5, mode);
    it.redis.fails("WRONGTYPE Operation against a key holding the wrong kind of value");
    for (int i = 0; i < 20; i++) {
      assertThat(failure(it.asked(1))).isInstanceOf(LimiterConfigException.class);
    }
    it.redis.error = null;
    assertThat(it.left()).isEqualTo(5);
  }

  /** Nor does it keep others from looking whether Redis is back. */
  @Test
  void aMistakeAfterAnOutageMendsAtOnceToo() {
    Fixture it = new Fixture("1/s", 5, OnFailure.LOCAL);
    it.redis.fails("LOADING Redis is loading the dataset in memory");
    for (int i = 0; i < 3; i++) {
      assertThat(it.tried(1)).isFalse();
      it.time.advance(Fixture.TIMEOUT);
    }
    it.time.advance(Health.pause(Fixture.TIMEOUT));
    it.redis.fails("WRONGTYPE Operation against a key holding the wrong kind of value");
    assertThat(failure(it.asked(1))).isInstanceOf(LimiterConfigException.class);
    it.redis.error = null;
    assertThat(it.left()).isEqualTo(5);
  }

  @Test
  void allInLineAreTold() {
    Fixture it = new Fixture("1/s", 5, OnFailure.OPEN);
    it.redis.fails("NOAUTH Authentication required.");
    CompletableFuture<Permit> one = it.limiter.acquire();
    CompletableFuture<Permit> another = it.limiter.acquire(1, Duration.ofHours(1));
    it.time.runTasks();
    assertThat(failure(one)).isInstanceOf(LimiterConfigException.class);
    assertThat(failure(another)).isInstanceOf(LimiterConfigException.class);
  }

  /** The reason may lie deep in what Lettuce throws, or beside it. */
  @Test
  void theReasonIsFoundWhereverItIs() {
    Throwable deep =
        new IllegalStateException("Unable to connect", new RuntimeException("WRONGPASS no"));
    assertThat(Diagnosis.mistake(deep, "k", false)).isNotNull();
    Exception beside = new IllegalStateException("no node");
    beside.addSuppressed(new RuntimeException("NOAUTH no"));
    assertThat(Diagnosis.mistake(beside, "k", false)).isNotNull();
    Exception circle = new IllegalStateException("a");
    circle.initCause(new IllegalStateException("b", circle));
    assertThat(Diagnosis.mistake(circle, "k", false)).isNull();
    assertThat(Diagnosis.mistake(new RuntimeException((String) null), "k", false)).isNull();
  }

  /** Of one node of a Cluster, that is. */
  @Test
  void whatLettuceMissedIsFoundBesideOtherErrorsToo() {
    Exception beside = new IllegalStateException("no node");
    assertThat(Diagnosis.isMissed(beside)).isFalse();
    beside.addSuppressed(
        new RuntimeException(new IllegalStateException("RedisHandshakeHandler not registered")));
    assertThat(Diagnosis.isMissed(beside)).isTrue();
  }

  @Test
  void aHostThatNobodyKnowsIsAMistakeOfTheUri() {
    Throwable error = new IllegalStateException("x", new UnknownHostException("no.such.host"));
    assertThat(Diagnosis.mistake(error, null, false))
        .hasMessageContaining("redis.uri")
        .hasMessageContaining("no.such.host");
  }

  /** A question is answered in any case: the line would wait for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"", "LOADING Redis is loading the dataset in memory"})
  void aClockThatThrowsAsTheAnswerComesFailsTheOneWhoAskedAndHoldsUpNobody(String error) {
    ManualTime time = new ManualTime();
    StumblingTime clock = new StumblingTime(time);
    ExactRate rate = new ExactRate(Rate.parse("1/s"), 1);
    FakeRedis redis = new FakeRedis(time, rate);
    KeyLimiter limiter =
        Fixture.limiter(new LimiterSettings("limits", clock, time, null, 1), rate, redis, time);
    limiter.acquire();
    time.runTasks();
    if (!error.isEmpty()) {
      redis.fails(error);
    }
    CompletableFuture<Permit> asked = limiter.acquire(); // there is nothing left
    clock.throwAt(1);
    time.runTasks();
    assertThat(asked).isDone();
    assertThat(failure(asked)).hasMessage("no time");
    redis.error = null;
    CompletableFuture<Permit> next = limiter.acquire();
    time.advance(Duration.ofSeconds(1));
    assertThat(next).isCompleted();
  }

  /** What cannot go back is lost, and nothing of the key is in between any more. */
  @Test
  void aClockThatThrowsAsSomethingGoesBackLosesThatAndNoMore() {
    ManualTime time = new ManualTime();
    StumblingTime clock = new StumblingTime(time);
    ExactRate rate = new ExactRate(Rate.parse("1/s"), 2);
    FakeRedis redis = new FakeRedis(time, rate);
    KeyLimiter limiter =
        Fixture.limiter(new LimiterSettings("limits", time, time, null, 1), rate, redis, clock);
    limiter.acquire().cancel(false);
    clock.throwAt(1);
    time.runTasks();
    assertThat(redis.giveBacks()).isZero();
    assertThat(limiter.isIdle()).isTrue();
    limiter.acquire().cancel(false);
    time.runTasks();
    assertThat(redis.giveBacks()).isOne();
  }
}
