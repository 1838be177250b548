package io.asynctools.api.strangers;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.TimeSource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** An application that is the first to need each of the library's threads. */
public final class UsesThreads implements Runnable {
  @Override
  public void run() {
    CountDownLatch ran = new CountDownLatch(2);
    TimeSource.system().schedule(ran::countDown, 0);
    LimiterEnvironment.system().executor().execute(ran::countDown);
    TimeSource.coarse(Duration.ofMillis(1)).nanoTime();
    try {
      ran.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
