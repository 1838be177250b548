package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("integration")
@Timeout(60)
class UpstreamTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final HttpClient client = Http.client(threads);
  private Upstream upstream;

  @BeforeEach
  void start() throws Exception {
    upstream = new Upstream(UpstreamModel.FRAGILE);
  }

  @AfterEach
  void stop() {
    upstream.close();
    threads.shutdownNow();
  }

  @Test
  void aFlakyOneFailsEveryThirdRequest() throws Exception {
    upstream.become(Health.FLAKY);
    List<Integer> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(status(ask()));
    }
    assertThat(answers).containsExactly(200, 200, 500, 200, 200, 500);
  }

  @Test
  void aFailingOneFailsUntilItIsWell() throws Exception {
    upstream.become(Health.FAILING);
    assertThat(status(ask())).isEqualTo(500);
    assertThat(status(ask())).isEqualTo(500);
    upstream.become(Health.WELL);
    assertThat(status(ask())).isEqualTo(200);
  }

  @Test
  void whatHangsIsAnsweredWhenItNoLongerHangs() throws Exception {
    upstream.become(Health.HANGING);
    CompletableFuture<HttpResponse<Void>> hangs = ask();
    while (upstream.hanging() == 0) {
      Thread.onSpinWait();
    }
    assertThat(hangs).isNotDone();
    upstream.become(Health.WELL);
    assertThat(status(hangs)).isEqualTo(500);
    assertThat(status(ask())).isEqualTo(200);
  }

  private CompletableFuture<HttpResponse<Void>> ask() {
    return client.sendAsync(
        HttpRequest.newBuilder(upstream.uri()).build(), BodyHandlers.discarding());
  }

  private static int status(CompletableFuture<HttpResponse<Void>> answer) throws Exception {
    return answer.get(30, TimeUnit.SECONDS).statusCode();
  }
}
