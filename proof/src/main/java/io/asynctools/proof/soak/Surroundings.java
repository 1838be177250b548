package io.asynctools.proof.soak;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.retry.RetryBudget;
import java.util.function.UnaryOperator;

/**
 * What all drills share.
 *
 * @param time the clock
 * @param violations where broken promises go
 * @param pending what is going on
 * @param keys how many keys there are
 * @param breakage what is done to each key's limiter: nothing, but in a test of this program
 * @param budget of all retries: {@link Stacks#budget()}, but in a test of this program
 */
record Surroundings(
    JumpingTime time,
    Violations violations,
    Pending pending,
    int keys,
    UnaryOperator<AsyncRateLimiter> breakage,
    RetryBudget budget) {}
