package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A connection that keeps what it is to send. */
final class Wire {
  final List<RedisCommand<?, ?, ?>> sent = new ArrayList<>();
  boolean open = true;
  @Nullable RuntimeException refuses; // whatever is sent

  final StatefulConnection<String, String> connection;

  Wire() {
    this(StatefulConnection.class);
  }

  @SuppressWarnings("unchecked")
  private Wire(Class<?> kind) {
    connection =
        (StatefulConnection<String, String>)
            Proxy.newProxyInstance(
                Wire.class.getClassLoader(),
                new Class<?>[] {kind},
                (proxy, method, arguments) -> called(method.getName(), arguments));
  }

  static Wire toCluster() {
    return new Wire(StatefulRedisClusterConnection.class);
  }

  private Object called(String method, Object[] arguments) {
    switch (method) {
      case "dispatch" -> {
        RuntimeException error = refuses;
        if (error != null) {
          throw error;
        }
        sent.add((RedisCommand<?, ?, ?>) arguments[0]);
        return arguments[0];
      }
      case "isOpen" -> {
        return open;
      }
      case "closeAsync" -> {
        open = false;
        return CompletableFuture.completedFuture(null);
      }
      default -> throw new UnsupportedOperationException(method);
    }
  }

  String text(int i) {
    return new String(bytes(i), StandardCharsets.UTF_8);
  }

  byte[] bytes(int i) {
    ByteBuf buffer = Unpooled.buffer();
    sent.get(i).encode(buffer);
    return ByteBufUtil.getBytes(buffer);
  }

  /** The script's answers arrive: bytes each. */
  void answer(int i, byte[]... answers) {
    for (byte[] answer : answers) {
      sent.get(i).getOutput().set(ByteBuffer.wrap(answer));
    }
    sent.get(i).complete();
  }

  /** Redis answers with an error. */
  void fail(int i, String error) {
    sent.get(i).getOutput().setError(ByteBuffer.wrap(error.getBytes(StandardCharsets.UTF_8)));
    sent.get(i).complete();
  }

  static byte[] numbers(long... numbers) {
    ByteBuffer answer = ByteBuffer.allocate(numbers.length * Double.BYTES);
    Numbers.put(answer, numbers);
    return answer.array();
  }
}
