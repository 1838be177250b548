package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import org.jspecify.annotations.Nullable;

/** A future that has been granted from the start: nobody can end it otherwise. */
final class GrantedFuture extends GuardedFuture<Permit> {
  GrantedFuture(Permit permit) {
    finish(permit);
  }

  @Override
  protected boolean endFromOutside(@Nullable Throwable failure) {
    return false;
  }
}
