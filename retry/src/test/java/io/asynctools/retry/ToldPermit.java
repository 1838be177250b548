package io.asynctools.retry;

import io.asynctools.api.spi.OutcomePermit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What a breaker inside hears of one attempt. */
final class ToldPermit implements OutcomePermit {
  final List<Object> heard = new CopyOnWriteArrayList<>();

  @Override
  public void release() {
    heard.add("released");
  }

  @Override
  public void recordSuccess() {
    heard.add("success");
  }

  @Override
  public void recordFailure(Throwable error) {
    heard.add(error);
  }

  @Override
  public void recordResult(@Nullable Object result) {
    heard.add("result " + result);
  }

  @Override
  public void endedFromOutside(@Nullable Throwable error) {
    heard.add("ended by " + error);
  }
}
