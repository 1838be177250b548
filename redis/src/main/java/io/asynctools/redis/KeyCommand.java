package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import java.util.concurrent.CompletableFuture;

/** A question or a command about a key that grants nothing. */
final class KeyCommand extends ScriptCall {
  /** Completes on the executor, with the first number of the reply. */
  final CompletableFuture<Long> answer = new CompletableFuture<>();

  private final Shared shared;
  private final String userKey;

  KeyCommand(Shared shared, String userKey, Numbers asked) {
    super(Script.TAKE, shared.config.keyPrefix() + userKey, shared.plans.of(userKey).limit, asked);
    this.shared = shared;
    this.userKey = userKey;
  }

  @Override
  void onReply(long first, long second, long third) {
    answer.completeAsync(() -> first, shared.settings.executor());
  }

  @Override
  void onLateReply(long first, long second, long third) {}

  @Override
  void onFailure(Throwable error) {
    LimiterConfigException mistake = shared.health(shared.scripts.slotOf(key)).mistake(error, key);
    RuntimeException failure =
        mistake != null
            ? mistake
            : new RateLimitExceededException(
                shared.settings.name(), Reason.UNAVAILABLE, null, userKey, Diagnosis.shown(error));
    shared.settings.executor().execute(() -> answer.completeExceptionally(failure));
  }
}
