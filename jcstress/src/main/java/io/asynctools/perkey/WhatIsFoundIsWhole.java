package io.asynctools.perkey;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.semaphore.SemaphoreRateLimiter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Entry, KeyTable: whoever finds an entry that another adds, and can pin it, sees its limiter, and
 * the limiter whole.
 */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "It was there, or was not there yet.")
@State
public class WhatIsFoundIsWhole {
  private static final int HASH = KeyTable.hash("key");

  private final KeyTable<String, SemaphoreRateLimiter> table = new KeyTable<>(1, 1);

  @Actor
  public void add() {
    Entry<String, SemaphoreRateLimiter> fresh = new Entry<>("key", HASH, null);
    table.addIfAbsent(fresh);
    fresh.become(SemaphoreRateLimiter.builder(1).build());
  }

  @Actor
  public void use(Z_Result r) {
    Entry<String, SemaphoreRateLimiter> found = table.find("key", HASH);
    r.r1 = found == null || !found.pin() || found.limiter().tryAcquire().isPresent();
  }
}
