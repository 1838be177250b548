package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;

/** What an epoch gives in place of an answer when it is over: ask the one that came after it. */
final class MovedOn implements Permit {
  static final Permit INSTANCE = new MovedOn();

  private MovedOn() {}

  @Override
  public void release() {}
}
