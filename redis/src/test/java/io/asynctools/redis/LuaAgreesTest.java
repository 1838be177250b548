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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

/**
 * The scripts, run by a real Redis, and {@link ScriptModel} agree step by step: the answer, the
 * value and when it is gone. The scripts are the real ones, but for the clock: they are told the
 * time, which lies ahead, so that Redis itself forgets nothing.
 *
 * <p>Promises: Redis 1, Redis 3.
 */
@Tag("integration")
class LuaAgreesTest {
  private static final long AHEAD = 2_000_000_000_000_000L; // some 60 years
  private static final long LAST = 4_200_000_000_000_000L; // the year 2103
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
    private final List<Plan> limits = new ArrayList<>(); // those that JVMs give
    private final ScriptModel bucket;
    private final int number;
    private final byte[] key;
    private final List<long[]> grants = new ArrayList<>(); // permits, mark, returned

    Life(RedisCommands<byte[], byte[]> redis, String take, String giveBack, int number) {
      this.redis = redis;
      this.take = take;
      this.giveBack = giveBack;
      this.steps = new Steps(number);
      limits.add(new Plan(steps.rate, steps.rate));
      if (number % 3 == 0) {
        ExactRate other = new Steps(number + 1_000).rate;
        limits.add(new Plan(other, other));
        ExactRate larger = new ExactRate(steps.rate.rate, steps.rate.capacity + 3);
        limits.add(new Plan(larger, larger));
      }
      this.bucket = new ScriptModel(limits.get(0));
      this.number = number;
      this.key = bytes("key" + number);
    }

    void run() {
      for (int step = 0; step < 40; step++) {
        long now = steps.laterOrBack() + AHEAD;
        if (now > LAST) {
          return; // the sums would not be exact
        }
        redis.set(bytes("sec"), bytes(Long.toString(now / 1_000_000)));
        redis.set(bytes("us"), bytes(Long.toString(now % 1_000_000)));
        if (!bucket.existsAt(now)) {
          redis.del(key);
        }
        Random random = steps.random;
        Plan limit = limits.get(random.nextInt(limits.size()));
        Plan before = random.nextInt(6) == 0 ? limits.get(random.nextInt(limits.size())) : null;
        if (!grants.isEmpty() && random.nextInt(3) == 0) {
          giveBack(now, limit, before, grants.remove(random.nextInt(grants.size())));
        } else {
          take(now, limit, before);
        }
        assertThat(redis.get(key)).as("life %d, step %d", number, step).isEqualTo(bucket.value);
        if (bucket.value != null) {
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

    private void take(long now, Plan limit, @Nullable Plan before) {
      Random random = steps.random;
      long permits = Math.min(steps.permits(), limit.rate.capacity);
      Numbers asked;
      if (random.nextInt(12) == 0) {
        asked = Plan.PEEK;
      } else if (random.nextInt(25) == 0) {
        asked = Plan.RESET;
      } else {
        long more = Math.max(Math.min(steps.more(permits), limit.rate.capacity - permits), 0);
        long charge = random.nextInt(10) == 0 ? 1 : 0;
        long patience =
            switch (random.nextInt(3)) {
              case 0 -> 0;
              case 1 -> random.nextInt(2_000_000);
              default -> Plan.patience(Long.MAX_VALUE);
            };
        if (random.nextInt(5) == 0 && !grants.isEmpty()) {
          long[] held = grants.get(random.nextInt(grants.size()));
          asked = limit.question(permits, more, charge, patience, held[1], held[2]);
        } else {
          asked = limit.question(permits, more, charge, patience);
        }
      }
      long[] answer = bucket.take(now, limit, before, asked);
      assertThat(answer(take, limit, before, asked)).containsExactly(answer);
      if (answer[0] >= 0 && asked.count() != 1) {
        grants.add(new long[] {permits + answer[0], answer[1], answer[2]});
      }
    }

    private void giveBack(long now, Plan limit, @Nullable Plan before, long[] grant) {
      Numbers asked = limit.refund(grant[0], grant[1], grant[2]);
      assertThat(answer(giveBack, limit, before, asked))
          .as("life %d", number)
          .containsExactly(bucket.giveBack(now, limit, before, asked));
    }

    /** Between two other keys, which have nothing to do with it, and perhaps another limit. */
    private long[] answer(String script, Plan limit, @Nullable Plan before, Numbers asked) {
      Plan others = limits.get(0);
      Numbers one = script.equals(giveBack) ? others.refund(1, 1, 0) : new Numbers();
      Numbers own = before == null ? limit.limit : limit.replacing(before);
      byte[][] keys = {bytes("before" + number), key, bytes("after" + number)};
      byte[][] arguments =
          own == others.limit
              ? new byte[][] {argument(own), argument(one), argument(asked), argument(one)}
              : new byte[][] {
                argument(others.limit), argument(one),
                argument(own), argument(asked),
                argument(others.limit), argument(one)
              };
      List<byte[]> answers = redis.evalsha(script, ScriptOutputType.MULTI, keys, arguments);
      assertThat(answers).hasSize(3);
      ByteBuffer numbers = ByteBuffer.wrap(answers.get(1));
      List<Long> answer = new ArrayList<>();
      while (numbers.remaining() >= Double.BYTES) {
        answer.add((long) numbers.getDouble());
      }
      return answer.stream().mapToLong(Long::longValue).toArray();
    }

    /** Without the head and the end that the protocol has. */
    private static byte[] argument(Numbers numbers) {
      byte[] wire = numbers.wire();
      int from = 0;
      while (wire[from] != '\n') {
        from++;
      }
      return Arrays.copyOfRange(wire, from + 1, wire.length - 2);
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
