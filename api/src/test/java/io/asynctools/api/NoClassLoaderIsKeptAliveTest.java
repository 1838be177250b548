package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import io.asynctools.api.strangers.UsesThreads;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises: Look-up. */
@Tag("unit")
class NoClassLoaderIsKeptAliveTest {
  private final ReferenceQueue<ClassLoader> cleared = new ReferenceQueue<>();

  @Test
  void notByALookUp(@TempDir Path dir) throws Exception {
    assertForgotten(
        lookUp(StrangeLoader.jar().provider(StrangeProvider.class).in(dir.resolve("a.jar"))));
  }

  @Test
  void notByALookUpThatMetBrokenProviders(@TempDir Path dir) throws Exception {
    Path jar =
        StrangeLoader.jar()
            .provider(StrangeProvider.class)
            .provider(StrangeProviders.ThrowsWhenMade.class)
            .provider(StrangeProviders.LacksItsParent.class)
            .in(dir.resolve("a.jar"));
    Path garbage = StrangeLoader.jar().line("no class name").in(dir.resolve("garbage.jar"));

    assertForgotten(lookUp(jar, garbage));
  }

  @Test
  void notByTheThreadsThatItStarted(@TempDir Path dir) throws Exception {
    Path jar = StrangeLoader.jar().with(UsesThreads.class).in(dir.resolve("a.jar"));

    WeakReference<ClassLoader> loader = useThreads(jar);
    // Another application keeps the threads busy all the time.
    TimeSource.Cancellable other = TimeSource.system().schedule(() -> {}, Long.MAX_VALUE);
    try {
      assertForgotten(loader);
    } finally {
      other.cancel();
    }
  }

  /** In a method of its own, so that no local variable holds the loader. */
  private WeakReference<ClassLoader> lookUp(Path... jars) throws Exception {
    try (StrangeLoader loader = StrangeLoader.of(jars)) {
      InContext.of(loader, () -> Limiters.rateLimiter("strange", Map.of())).tryAcquire();
      InContext.of(loader, () -> Limiters.load(Map.of("a.type", "strange"))).close();
      assertThatExceptionOfType(LimiterConfigException.class)
          .isThrownBy(() -> InContext.of(loader, () -> Limiters.policy("mine", Map.of())));
      return new WeakReference<>(loader, cleared);
    }
  }

  private WeakReference<ClassLoader> useThreads(Path jar) throws Exception {
    try (StrangeLoader loader = StrangeLoader.of(jar)) {
      Runnable application =
          (Runnable) loader.loadClass(UsesThreads.class.getName()).getConstructor().newInstance();
      assertThat(application.getClass().getClassLoader()).isSameAs(loader);
      InContext.of(
          loader,
          () -> {
            application.run();
            return null;
          });
      return new WeakReference<>(loader, cleared);
    }
  }

  private void assertForgotten(WeakReference<ClassLoader> loader) throws InterruptedException {
    for (int tries = 0; tries < 100 && loader.get() != null; tries++) {
      System.gc();
      cleared.remove(50);
    }
    assertThat(loader.get()).as("the loader, after collecting garbage").isNull();
  }
}
