package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The answers of a script, as they come off the wire: see {@code bucket.lua}. */
@SuppressWarnings("NullAway") // the output proper stays null: the answers are here
final class Reply extends CommandOutput<String, String, @Nullable Void> {
  private static final int NUMBERS = 6; // at most, in each
  private static final String NONE = ""; // in place of what went wrong: no answer of ours

  private final long[] numbers;
  private final @Nullable String[] errors;
  private int count;

  Reply(int calls) {
    super(StringCodec.UTF8, null);
    this.numbers = new long[calls * NUMBERS];
    this.errors = new String[calls];
  }

  /** Whatever came of an answer before does not count. */
  void begin() {
    count = 0;
    Arrays.fill(errors, null);
    Arrays.fill(numbers, 0);
  }

  @Override
  public void set(@Nullable ByteBuffer answer) {
    int length = answer == null ? 0 : answer.remaining();
    boolean isError = answer != null && length > 0 && answer.get(answer.position()) == '!';
    if (count == errors.length) {
      return;
    }
    if (isError) {
      errors[count] = UTF_8.decode(answer.position(answer.position() + 1)).toString();
    } else if (length > 0 && length % Double.BYTES == 0 && length <= NUMBERS * Double.BYTES) {
      for (int i = 0; i < length / Double.BYTES; i++) {
        numbers[count * NUMBERS + i] = (long) answer.getDouble();
      }
    } else {
      errors[count] = NONE;
    }
    count++;
  }

  /** The scripts give none. */
  @Override
  public void set(long number) {
    set(null);
  }

  /**
   * Returns what went wrong with the call of that number, as Redis said it; null if nothing did.
   */
  @Nullable String error(int number) {
    return errors[number];
  }

  /** Tells a call its answer, which is the one of that number. */
  void tell(int number, ScriptCall call) {
    String error = errors[number];
    int at = number * NUMBERS;
    if (number >= count || NONE.equals(error)) {
      call.fail(new RedisException("a reply without numbers: redis.uri names no Redis"));
    } else if (error != null) {
      call.fail(new RedisCommandExecutionException(error));
    } else {
      call.details(numbers[at + 3], numbers[at + 4], numbers[at + 5] != 0);
      call.reply(numbers[at], numbers[at + 1], numbers[at + 2]);
    }
  }
}
