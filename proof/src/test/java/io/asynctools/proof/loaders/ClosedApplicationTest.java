package io.asynctools.proof.loaders;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.retry.Retry;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A class loader that holds the library and an application is collected once the application is
 * closed. The JDK keeps the last record class whose generated {@code equals} ran.
 *
 * <p>Promises: Look-up.
 */
@Tag("slow") // the library's threads end after a second
class ClosedApplicationTest {
  private final ReferenceQueue<ClassLoader> cleared = new ReferenceQueue<>();

  @Test
  void theLoaderOfLibraryAndApplicationIsCollected() throws Exception {
    WeakReference<ClassLoader> loader = use();

    for (int tries = 0; tries < 100 && loader.get() != null; tries++) {
      System.gc();
      cleared.remove(100);
    }

    assertThat(loader.get()).isNull();
  }

  /** In a method of its own, so that no local variable holds the loader. */
  private WeakReference<ClassLoader> use() throws Exception {
    URL[] urls =
        Stream.of(
                AsyncPolicy.class,
                TokenBucketRateLimiter.class,
                SemaphoreRateLimiter.class,
                CircuitBreaker.class,
                Retry.class,
                PerKeyRateLimiter.class,
                EveryStrategy.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
            .toArray(URL[]::new);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Class<?> application = loader.loadClass(EveryStrategy.class.getName());
      assertThat(application.getClassLoader()).isSameAs(loader);
      ((Runnable) application.getConstructor().newInstance()).run();
      return new WeakReference<>(loader, cleared);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
