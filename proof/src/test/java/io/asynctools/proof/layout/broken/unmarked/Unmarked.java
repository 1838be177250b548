package io.asynctools.proof.layout.broken.unmarked;

/** In a package that does not say what may be null. */
public final class Unmarked {
  private Unmarked() {}
}
