package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.spi.Failures;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Has the script that decides run once for no key at all. Redis then knows it, this JVM has loaded
 * the classes that a decision needs, and a user who may not run scripts is found out before the
 * first decision.
 */
final class WarmUp {
  private static final byte[] NOTHING = new byte[64]; // in place of a limit

  private WarmUp() {}

  /**
   * Warms a connection up.
   *
   * @return completes when Redis has answered; fails if it cannot run the script
   */
  static CompletableFuture<?> run(StatefulConnection<String, String> connection) {
    AsyncCommand<String, String, List<Object>> eval =
        new AsyncCommand<>(
            new Command<>(
                CommandType.EVAL,
                new ArrayOutput<>(StringCodec.UTF8),
                new CommandArgs<>(StringCodec.UTF8).add(Script.TAKE.source).add(0).add(NOTHING)));
    try {
      connection.dispatch(eval);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Object> warm = new CompletableFuture<>();
    CompletableFuture<?> unused =
        eval.toCompletableFuture()
            .whenComplete(
                (done, failed) -> {
                  Throwable error = failed == null ? null : Failures.unwrap(failed);
                  if (error == null || hasRun(error)) {
                    warm.complete(connection);
                  } else {
                    LimiterConfigException mistake = Diagnosis.mistake(error, null, false);
                    warm.completeExceptionally(mistake == null ? error : mistake);
                  }
                });
    return warm;
  }

  /** Where a script ends with an error of its own, it is known, and ran. */
  private static boolean hasRun(Throwable error) {
    String said = String.valueOf(error.getMessage());
    return said.startsWith("ERR") && said.contains("user_script") && !said.contains("can't");
  }
}
