package io.asynctools.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The numbers that a script gives, as they come off the wire: up to three. */
@SuppressWarnings("NullAway") // the output proper stays null: the numbers are here
final class Reply extends CommandOutput<String, String, @Nullable Void> {
  int count;
  long first;
  long second;
  long third;

  Reply() {
    super(StringCodec.UTF8, null);
  }

  @Override
  public void set(long number) {
    switch (count++) {
      case 0 -> first = number;
      case 1 -> second = number;
      default -> third = number;
    }
  }

  @Override
  public void set(ByteBuffer text) {
    // The scripts give none.
  }
}
