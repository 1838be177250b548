package io.asynctools.api.spi;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a failure means, and where failures go that must change nothing else. */
public final class Failures {
  private Failures() {}

  /**
   * What went wrong, without what dependent stages wrap around it.
   *
   * @param thrown what a stage ended with
   * @return its cause if it is a {@link CompletionException} that has one, and so on inwards; else
   *     {@code thrown} itself
   */
  public static Throwable unwrap(Throwable thrown) {
    Throwable real = thrown;
    while (real instanceof CompletionException && real.getCause() != null) {
      real = real.getCause();
    }
    return real;
  }

  /**
   * Whether the caller called the call off, so that it says nothing about the callee.
   *
   * @param error what a call ended with, unwrapped
   * @return whether it is a cancel, or an interrupt, which is a cancel of blocking code
   */
  public static boolean isCancel(@Nullable Throwable error) {
    return error instanceof CancellationException || error instanceof InterruptedException;
  }

  /** Says what went wrong, and never fails itself: whoever logs has something to finish. */
  static void log(String what, Throwable error) {
    try {
      System.getLogger("io.asynctools").log(System.Logger.Level.WARNING, what, error);
    } catch (Throwable e) {
      // A log that cannot be written changes nothing else.
    }
  }
}
