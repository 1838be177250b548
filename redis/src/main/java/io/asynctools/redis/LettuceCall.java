package io.asynctools.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A script's run as a command of Lettuce's, for one call or several: by its digest and, where Redis
 * does not know that, once more by its source, which Redis then knows. One whose time is up before
 * it was written is never written; one that was written hears of its reply all the same.
 */
final class LettuceCall extends Command<String, String, @Nullable Void> {
  private static final int END_OF_LINE = '\r' << 8 | '\n';

  private final Pipe pipe;
  private final ScriptCall[] calls; // one at least
  private final boolean whole;
  private final boolean asking;
  private final AtomicBoolean isBack = new AtomicBoolean();
  private volatile boolean written;

  private LettuceCall(Pipe pipe, ScriptCall[] calls, boolean whole, boolean asking) {
    super(whole ? CommandType.EVAL : CommandType.EVALSHA, new Reply(calls.length), args(calls));
    this.pipe = pipe;
    this.calls = calls;
    this.whole = whole;
    this.asking = asking;
  }

  /** Sends calls of the same script. Never throws: the calls hear of it, and the pipe. */
  static void send(Pipe pipe, ScriptCall[] calls) {
    send(pipe, calls, false);
  }

  /** Sends a call to the node that its slot is moving to. Never throws. */
  static void sendAsking(Pipe pipe, ScriptCall call) {
    send(pipe, new ScriptCall[] {call}, false, true);
  }

  private static void send(Pipe pipe, ScriptCall[] calls, boolean whole) {
    send(pipe, calls, whole, false);
  }

  private static void send(Pipe pipe, ScriptCall[] calls, boolean whole, boolean asking) {
    LettuceCall command;
    try {
      command = new LettuceCall(pipe, calls, whole, asking);
    } catch (Throwable e) { // out of memory
      failAll(calls, e);
      pipe.cameBack();
      return;
    }
    try {
      if (asking) { // together, so that nothing comes in between
        pipe.connection.dispatch(
            List.of(
                new Command<>(CommandType.ASKING, new StatusOutput<>(StringCodec.UTF8)), command));
      } else {
        pipe.connection.dispatch(command);
      }
    } catch (Throwable e) {
      command.end(e);
    }
  }

  /** Only the first key, which says to a Cluster where it goes: the rest is written below. */
  private static CommandArgs<String, String> args(ScriptCall[] calls) {
    return new CommandArgs<>(KeyText.CODEC).addKey(calls[0].key);
  }

  /** The bulk of it is the same for every call, and was encoded once. */
  @Override
  public void encode(ByteBuf buffer) {
    written = true;
    ((Reply) getOutput()).begin(); // a user's connection may send it again, after half an answer
    buffer.writeByte('*');
    boolean apart = differ();
    int told = apart ? calls.length : told();
    writeNumber(buffer, 3 + calls.length + (apart ? calls.length : 1) + told);
    buffer.writeBytes(calls[0].script.wire(whole));
    buffer.writeByte('$');
    writeNumber(buffer, calls.length < 10 ? 1 : 2);
    writeNumber(buffer, calls.length);
    for (ScriptCall call : calls) {
      buffer.writeByte('$');
      writeNumber(buffer, KeyText.length(call.key));
      KeyText.write(buffer, call.key);
      buffer.writeShort(END_OF_LINE);
    }
    if (!apart) {
      buffer.writeBytes(calls[0].bucket.wire());
    }
    for (int i = 0; i < told; i++) {
      if (apart) {
        buffer.writeBytes(calls[i].bucket.wire());
      }
      buffer.writeBytes(calls[i].asked.wire());
    }
  }

  /** Whether the calls are about limits that differ, so that each says its own. */
  private boolean differ() {
    for (ScriptCall call : calls) {
      if (call.bucket != calls[0].bucket) {
        return true;
      }
    }
    return false;
  }

  /** Of how many calls there is anything to be told: the last are often of the commonest kind. */
  private int told() {
    int last = calls.length;
    while (last > 0 && calls[last - 1].asked.count() == 0) {
      last--;
    }
    return last;
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

  /** Lettuce asks for this, and then forgets the command without a word. */
  private boolean isCalledOff() {
    boolean calledOff = !written && allAreOver();
    if (calledOff && isBack.compareAndSet(false, true)) {
      pipe.left();
    }
    return calledOff;
  }

  private boolean allAreOver() {
    for (ScriptCall call : calls) {
      if (!call.isOver()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void complete() {
    super.complete();
    Reply reply = (Reply) getOutput();
    String error = reply.getError();
    if (error == null) {
      cameBack(); // first of all, so that Redis has the next while these answers are told
      for (int i = 0; i < calls.length; i++) {
        if (Diagnosis.isReplica(reply.error(i))) {
          pipe.isReplica();
        }
        reply.tell(i, calls[i]);
      }
    } else if (error.startsWith("NOSCRIPT") && !whole && !allAreOver()) {
      if (isBack.compareAndSet(false, true)) { // its place among those on their way is passed on
        send(pipe, calls, true, asking);
      }
    } else if (calls.length > 1 && isAboutKeysTogether(error)) {
      cameBack();
      pipe.sendApart(calls);
    } else if (calls.length > 1 && error.startsWith("NOPERM")) { // for one of the keys, perhaps
      cameBack();
      pipe.sendEach(calls);
    } else {
      if (Diagnosis.isReplica(error)) {
        pipe.isReplica();
      }
      cameBack();
      RedisCommandExecutionException failure = null;
      for (ScriptCall call : calls) {
        if (!pipe.redirected(call, error)) {
          failure = failure == null ? new RedisCommandExecutionException(error) : failure;
          call.fail(failure);
        }
      }
    }
  }

  private static boolean isAboutKeysTogether(String error) {
    return error.contains("CROSSSLOT") || error.contains("same slot");
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    boolean completed = super.completeExceptionally(error);
    end(error);
    return completed;
  }

  @Override
  public void cancel() {
    super.cancel();
    end(new CancellationException("the connection was closed"));
  }

  private void end(Throwable error) {
    cameBack();
    failAll(calls, error);
  }

  private static void failAll(ScriptCall[] calls, Throwable error) {
    for (ScriptCall call : calls) {
      call.fail(error);
    }
  }

  private void cameBack() {
    if (isBack.compareAndSet(false, true)) {
      pipe.cameBack();
    }
  }
}
