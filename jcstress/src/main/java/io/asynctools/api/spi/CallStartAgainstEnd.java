package io.asynctools.api.spi;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * CallFuture: the one who starts a call writes {@code stage} and then looks at {@code state}, the
 * one who ends it the other way round, so the ending always reaches a call that was started.
 */
@JCStressTest
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Ended before it was started.")
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Started, and told of its end.")
@State
public class CallStartAgainstEnd {
  private final CompletableFuture<String> stage = new CompletableFuture<>();
  private final CallFuture<String> call = new CallFuture<>(() -> stage, true);

  @Actor
  public void start(ZZ_Result r) {
    r.r1 = call.start(SpentPermit.INSTANCE);
  }

  @Actor
  public void end() {
    call.cancel(false);
  }

  @Arbiter
  public void wasTold(ZZ_Result r) {
    r.r2 = stage.isCancelled();
  }
}
