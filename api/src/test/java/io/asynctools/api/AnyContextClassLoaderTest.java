package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the API stands in a loader of its own, as in an application server, beside a provider.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class AnyContextClassLoaderTest {

  @Test
  void noContextClassLoaderIsNoHindrance(@TempDir Path dir) throws Exception {
    assertThat(InContext.of(null, Limiters::names)).isEmpty();
    try (URLClassLoader server = server(dir)) {
      assertThat(namesSeenBy(server, null)).containsExactly("strange");
    }
  }

  @Test
  void aContextClassLoaderThatSeesNothingIsNoHindrance(@TempDir Path dir) throws Exception {
    try (URLClassLoader server = server(dir)) {
      assertThat(namesSeenBy(server, ClassLoader.getPlatformClassLoader()))
          .containsExactly("strange");
    }
  }

  @Test
  void oneThatThrowsIsReportedAndHidesNothing(@TempDir Path dir) throws Exception {
    ClassLoader stopped = new Stopped();
    try (URLClassLoader server = server(dir)) {
      assertThat(namesSeenBy(server, stopped)).containsExactly("strange");
    }
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> InContext.of(stopped, () -> Limiters.policy("mine", Map.of())))
        .withMessageContainingAll("'mine'", "Stopped", "this application has been stopped");
  }

  @Test
  void oneProviderSeenThroughTwoLoadersIsOne(@TempDir Path dir) throws Exception {
    try (URLClassLoader server = server(dir);
        URLClassLoader application = new URLClassLoader(new URL[0], server)) {
      assertThat(namesSeenBy(server, application)).containsExactly("strange");
      assertThat(madeBy(server, application)).isEqualTo(StrangeProvider.class.getPackageName());
    }
  }

  @Test
  void aCopyOfTheProviderInTheApplicationIsTheSameOne(@TempDir Path dir) throws Exception {
    Path copy = StrangeLoader.jar().provider(StrangeProvider.class).in(dir.resolve("copy.jar"));
    try (URLClassLoader server = server(dir);
        StrangeLoader application = StrangeLoader.under(server, copy)) {
      assertThat(application.loadClass(StrangeProvider.class.getName()))
          .isNotSameAs(server.loadClass(StrangeProvider.class.getName()));
      assertThat(namesSeenBy(server, application)).containsExactly("strange");
      assertThat(madeBy(server, application)).isEqualTo(StrangeProvider.class.getPackageName());
    }
  }

  @Test
  void aCopyOfTheApiInTheApplicationHidesNothing(@TempDir Path dir) throws Exception {
    try (URLClassLoader server = server(dir);
        URLClassLoader application = server(dir)) {
      assertThat(namesSeenBy(server, application)).containsExactly("strange");
    }
  }

  @Test
  void whatOnlyTheContextSeesIsFoundToo(@TempDir Path dir) throws Exception {
    try (StrangeLoader application = StrangeLoader.of(strange(dir))) {
      assertThat(InContext.of(application, Limiters::names)).containsExactly("strange");
      assertThat(InContext.of(null, Limiters::names)).isEmpty();
    }
  }

  /** The API's classes, and a provider, in a loader that shares nothing with this test. */
  private static URLClassLoader server(Path dir) throws Exception {
    URL api = Limiters.class.getProtectionDomain().getCodeSource().getLocation();
    // Not under the platform's loader: it would pass on what the module path has.
    return new URLClassLoader(new URL[] {api, strange(dir).toUri().toURL()}, null);
  }

  private static Path strange(Path dir) throws IOException {
    return StrangeLoader.jar().provider(StrangeProvider.class).in(dir.resolve("strange.jar"));
  }

  private static List<Object> namesSeenBy(ClassLoader server, ClassLoader context)
      throws Exception {
    Class<?> limiters = server.loadClass(Limiters.class.getName());
    assertThat(limiters).isNotSameAs(Limiters.class);
    return List.copyOf((Collection<?>) InContext.of(context, () -> invoke(limiters, "names")));
  }

  private static String madeBy(ClassLoader server, ClassLoader context) throws Exception {
    Class<?> limiters = server.loadClass(Limiters.class.getName());
    Object limiter = InContext.of(context, () -> invoke(limiters, "rateLimiter", "strange"));
    return limiter.getClass().getPackageName();
  }

  private static Object invoke(Class<?> limiters, String method, String... name) {
    try {
      return name.length == 0
          ? limiters.getMethod(method).invoke(null)
          : limiters.getMethod(method, String.class, Map.class).invoke(null, name[0], Map.of());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** As Tomcat's after its application ended. */
  private static final class Stopped extends ClassLoader {
    Stopped() {
      super(null);
    }

    @Override
    public Enumeration<URL> getResources(String name) {
      throw new IllegalStateException("this application has been stopped");
    }
  }
}
