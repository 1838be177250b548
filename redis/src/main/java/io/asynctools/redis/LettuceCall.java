package io.asynctools.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A script's run as a command of Lettuce's: by its digest and, where Redis does not know that, once
 * more by its source, which Redis then knows. One whose time is up before it was written is never
 * written; one that was written hears of its reply all the same.
 */
final class LettuceCall extends Command<String, String, @Nullable Void> {
  private static final int END_OF_LINE = '\r' << 8 | '\n';

  private final StatefulConnection<String, String> connection;
  private final ScriptCall call;
  private final boolean whole;
  private volatile boolean written;

  private LettuceCall(
      StatefulConnection<String, String> connection, ScriptCall call, boolean whole) {
    super(whole ? CommandType.EVAL : CommandType.EVALSHA, new Reply(), args(call));
    this.connection = connection;
    this.call = call;
    this.whole = whole;
  }

  /** Never throws: the call hears of it. */
  static void send(StatefulConnection<String, String> connection, ScriptCall call) {
    send(connection, call, false);
  }

  private static void send(
      StatefulConnection<String, String> connection, ScriptCall call, boolean whole) {
    try {
      connection.dispatch(new LettuceCall(connection, call, whole));
    } catch (Throwable e) {
      call.fail(e);
    }
  }

  /** Only the key, which says to a Cluster where it goes: the rest is written below. */
  private static CommandArgs<String, String> args(ScriptCall call) {
    return new CommandArgs<>(StringCodec.UTF8).addKey(call.key);
  }

  /** The bulk of it is the same for every call, and was encoded once. */
  @Override
  public void encode(ByteBuf buffer) {
    written = true;
    buffer.writeByte('*');
    writeNumber(buffer, 4 + call.numbers.arguments());
    buffer.writeBytes(call.script.wire(whole));
    buffer.writeByte('$');
    writeNumber(buffer, ByteBufUtil.utf8Bytes(call.key));
    ByteBufUtil.writeUtf8(buffer, call.key);
    buffer.writeShort(END_OF_LINE);
    buffer.writeBytes(call.numbers.wire());
  }

  private static void writeNumber(ByteBuf buffer, int number) {
    if (number >= 10) {
      writeDigits(buffer, number / 10);
    }
    buffer.writeByte('0' + number % 10);
    buffer.writeShort(END_OF_LINE);
  }

  private static void writeDigits(ByteBuf buffer, int number) {
    if (number >= 10) {
      writeDigits(buffer, number / 10);
    }
    buffer.writeByte('0' + number % 10);
  }

  @Override
  public boolean isCancelled() {
    return super.isCancelled() || isCalledOff();
  }

  @Override
  public boolean isDone() {
    return super.isDone() || isCalledOff();
  }

  private boolean isCalledOff() {
    return !written && call.isOver();
  }

  @Override
  public void complete() {
    super.complete();
    Reply reply = (Reply) getOutput();
    String error = reply.getError();
    if (error == null && reply.count == 0) {
      call.fail(new RedisException("a reply without numbers: redis.uri names no Redis"));
    } else if (error == null) {
      call.reply(reply.first, reply.second, reply.third);
    } else if (error.startsWith("NOSCRIPT") && !whole) {
      send(connection, call, true);
    } else {
      call.fail(new RedisCommandExecutionException(error));
    }
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    boolean completed = super.completeExceptionally(error);
    call.fail(error);
    return completed;
  }

  @Override
  public void cancel() {
    super.cancel();
    call.fail(new CancellationException("the connection was closed"));
  }
}
