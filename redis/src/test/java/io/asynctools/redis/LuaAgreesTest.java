package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/**
 * The scripts, run by a real Redis, and {@link Bucket} agree step by step: the answer, the value
 * and when it is gone. The scripts are the real ones, but for the clock: they are told the time,
 * which lies ahead, so that Redis itself forgets nothing.
 *
 * <p>Promises: Redis 1, Redis 3.
 */
@Tag("integration")
class LuaAgreesTest {
  private static final long AHEAD = 2_000_000_000_000_000L; // some 60 years
  private static RedisServer server;
  private static RedisClient client;
  private static StatefulRedisConnection<byte[], byte[]> connection;

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    server = RedisServer.newRedisServer().port(port).setting("save \"\"").build();
    server.start();
    client = RedisClient.create("redis://localhost:" + port);
    connection = client.connect(ByteArrayCodec.INSTANCE);
  }

  @AfterAll
  static void stop() throws IOException {
    client.shutdown();
    server.stop();
  }

  @Test
  void inEveryStep() {
    RedisCommands<byte[], byte[]> redis = connection.sync();
    String take = redis.scriptLoad(told(Script.TAKE));
    String giveBack = redis.scriptLoad(told(Script.GIVE_BACK));
    for (int life = 0; life < 150; life++) {
      new Life(redis, take, giveBack, life).run();
    }
  }

  /** The script, told the time in place of asking for it. */
  private static String told(Script script) {
    String source = script.source;
    assertThat(source).containsOnlyOnce("redis.call('TIME')");
    return source.replace("redis.call('TIME')", "redis.call('MGET', 'sec', 'us')");
  }

  private static final class Life {
    private final RedisCommands<byte[], byte[]> redis;
    private final String take;
    private final String giveBack;
    private final Steps steps;
    private final ExactRate rate;
    private final Bucket bucket;
    private final int number;
    private final byte[] key;
    private final List<long[]> grants = new ArrayList<>(); // permits, mark, returned

    Life(RedisCommands<byte[], byte[]> redis, String take, String giveBack, int number) {
      this.redis = redis;
      this.take = take;
      this.giveBack = giveBack;
      this.steps = new Steps(number);
      this.rate = steps.rate;
      this.bucket = new Bucket(rate);
      this.number = number;
      this.key = bytes("key" + number);
    }

    void run() {
      for (int step = 0; step < 40; step++) {
        long now = steps.laterOrBack() + AHEAD;
        redis.set(bytes("sec"), bytes(Long.toString(now / 1_000_000)));
        redis.set(bytes("us"), bytes(Long.toString(now % 1_000_000)));
        if (bucket.exists && now / 1_000 >= bucket.goneAt()) {
          redis.del(key);
        }
        Random random = steps.random;
        if (!grants.isEmpty() && random.nextInt(3) == 0) {
          giveBack(now, grants.remove(random.nextInt(grants.size())));
        } else {
          take(now);
        }
        assertThat(redis.get(key)).isEqualTo(bucket.exists ? bucket.value() : null);
        if (bucket.exists) {
          long left =
              redis.<Long>eval(
                  "local t = redis.call('TIME');"
                      + "return redis.call('PTTL', KEYS[1]) + t[1] * 1000 + math.floor(t[2] / 1000)",
                  ScriptOutputType.INTEGER,
                  key);
          assertThat(left).isCloseTo(bucket.goneAt(), within(1_000L));
        }
      }
    }

    private void take(long now) {
      long permits = steps.permits();
      long more = steps.more(permits);
      long charge = steps.random.nextInt(10) == 0 ? 1 : 0;
      Cost cost = rate.cost(permits);
      Cost all = more == 0 ? Cost.NONE : rate.cost(more);
      Cost charged = charge == 0 ? Cost.NONE : rate.one;
      List<Long> answer = answer(take, shared().question(permits, more, charge));
      if (bucket.take(now, cost, more, all, rate.one, charged)) {
        assertThat(answer).containsExactly(bucket.taken, bucket.mark, bucket.returnedBefore);
        grants.add(new long[] {permits, bucket.mark, bucket.returnedBefore});
      } else {
        assertThat(answer).containsExactly(-1L, bucket.wait, 0L);
      }
    }

    private void giveBack(long now, long[] grant) {
      Cost cost = rate.cost(grant[0]);
      assertThat(answer(giveBack, shared().giveBack(grant[0], grant[1], grant[2])))
          .containsExactly(bucket.giveBack(now, cost, grant[1], grant[2]));
    }

    private Shared shared() {
      return Fixture.numbers(rate);
    }

    /** Between two other keys, which have nothing to do with it. */
    private List<Long> answer(String script, Numbers asked) {
      byte[] others = argument(shared().question(1, 0, 0));
      if (script.equals(giveBack)) {
        others = argument(shared().giveBack(1, 1, 0));
      }
      List<byte[]> answers =
          redis.evalsha(
              script,
              ScriptOutputType.MULTI,
              new byte[][] {bytes("before" + number), key, bytes("after" + number)},
              argument(shared().bucket),
              others,
              argument(asked),
              others);
      assertThat(answers).hasSize(3);
      ByteBuffer numbers = ByteBuffer.wrap(answers.get(1));
      List<Long> answer = new ArrayList<>();
      while (numbers.hasRemaining()) {
        answer.add((long) numbers.getDouble());
      }
      return answer;
    }

    private static byte[] argument(Numbers numbers) {
      ByteBuffer all = ByteBuffer.allocate(numbers.count() * Double.BYTES);
      for (int i = 0; i < numbers.count(); i++) {
        all.putDouble(numbers.get(i));
      }
      return all.array();
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
