package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import java.util.Optional;

/**
 * The permit of a strategy in which a spent token stays spent: ending it does nothing, so that all
 * share one, and what wraps it too; a grant then allocates nothing.
 */
final class SpentPermit implements Permit {
  static final SpentPermit INSTANCE = new SpentPermit();
  static final Optional<Permit> OPTIONAL = Optional.of(INSTANCE);
  static final GuardedFuture<Permit> FUTURE = new GrantedFuture(INSTANCE);

  private SpentPermit() {}

  @Override
  public void release() {}

  @Override
  public String toString() {
    return "permit (spent)";
  }
}
