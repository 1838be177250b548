package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.ConfigOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The README's examples run, and its table of options is the provider's. */
@Tag("unit")
class ReadmeTest {
  private final Client client = new Client();
  private final AsyncRateLimiter limiter =
      TokenBucketRateLimiter.builder(Rate.parse("1/d")).capacity(3).build();

  /** Whatever the user calls. */
  private static final class Client {
    CompletableFuture<String> send(String message) {
      return CompletableFuture.completedFuture("re: " + message);
    }

    String sendBlocking(String message) {
      return "re: " + message;
    }
  }

  @Test
  void aroundACall() throws InterruptedException {
    CompletableFuture<String> reply = limiter.execute(() -> client.send("ping"));
    String answer = limiter.call(() -> client.sendBlocking("ping"));
    assertThat(reply).isCompletedWithValue("re: ping");
    assertThat(answer).isEqualTo("re: ping");
    assertThat(limiter.tryAcquire(2)).isEmpty();
  }

  @Test
  void asADecorator() {
    Function<String, CompletableFuture<String>> send = limiter.decorateFunction(client::send);
    assertThat(send.apply("a")).isCompletedWithValue("re: a");
    assertThat(send.apply("b")).isCompletedWithValue("re: b");
    assertThat(limiter.tryAcquire(2)).isEmpty();
  }

  @Test
  @SuppressWarnings("try") // the permit need not be mentioned
  void acquireAndRelease() throws InterruptedException {
    try (Permit permit = limiter.acquireBlocking()) {
      client.sendBlocking("ping");
    }
    assertThat(limiter.tryAcquire(3)).isEmpty(); // a spent token stays spent
    assertThat(limiter.tryAcquire(2)).isPresent();
  }

  @Test
  void byNameAndBuilt() {
    AsyncRateLimiter byName =
        Limiters.rateLimiter("token-bucket", Map.of("rate", "100/s", "capacity", "200"));
    TokenBucketRateLimiter built =
        TokenBucketRateLimiter.builder(Rate.perSecond(100))
            .capacity(200)
            .maxWait(Duration.ofSeconds(1))
            .build();
    assertThat(byName.tryAcquire(200)).isPresent();
    assertThat(built.tryAcquire(200)).isPresent();
  }

  @Test
  void theExamplesAreTheOnesRunHere() throws IOException {
    String here =
        squeezed(
            Files.readString(
                Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java")));
    String[] blocks = Files.readString(Path.of("README.md")).split("```java\n");
    assertThat(blocks).hasSizeGreaterThan(4);
    for (int i = 1; i < blocks.length; i++) {
      for (String statement : blocks[i].split("```")[0].split("(?<=;)\n")) {
        assertThat(here).contains(squeezed(statement));
      }
    }
  }

  @Test
  void theTableOfOptionsIsTheProviders() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String table = readme.split("<!-- options -->\n")[1].split("<!-- end of options -->")[0];
    assertThat(table)
        .isEqualTo(
            "| option | type | default | what it is |\n|---|---|---|---|\n"
                + new TokenBucketProvider()
                    .options().stream().map(ReadmeTest::row).collect(Collectors.joining()));
  }

  private static String row(ConfigOption<?> option) {
    Object value = option.isRequired() ? "required" : option.defaultValue();
    return List.of(
                "`" + option.name() + "`",
                option.type().getSimpleName(),
                value == null ? "—" : value.toString(),
                option.description())
            .stream()
            .collect(Collectors.joining(" | ", "| ", " |"))
        + "\n";
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }
}
