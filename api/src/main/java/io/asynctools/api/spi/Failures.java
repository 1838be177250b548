package io.asynctools.api.spi;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a failure means, and where failures go that must change nothing else. */
public final class Failures {
  private static final int MAX_CAUSES = 32;
  private static final Pattern TIMEOUT = Pattern.compile("(?i)time(d)?[ -]?out");

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
    for (int depth = 0; depth < MAX_CAUSES && real instanceof CompletionException; depth++) {
      Throwable cause = real.getCause();
      if (cause == null) {
        break;
      }
      real = cause;
    }
    return real;
  }

  /**
   * Returns what really failed, as a predicate of the user's judges it: without the exceptions
   * whose only purpose is to carry another one. These are {@link CompletionException}, {@link
   * ExecutionException}, {@link UncheckedIOException}, {@link InvocationTargetException} and {@link
   * UndeclaredThrowableException}, also inside one another. The caller of a policy still gets what
   * was thrown; this is for decisions only.
   *
   * @param thrown what a call ended with
   * @return the innermost cause that is none of these; {@code thrown} itself if it is none of these
   *     or has no cause
   */
  public static Throwable cause(Throwable thrown) {
    Throwable real = thrown;
    for (int depth = 0; depth < MAX_CAUSES && isCarrier(real); depth++) {
      Throwable cause = real.getCause();
      if (cause == null) {
        break;
      }
      real = cause;
    }
    return real;
  }

  private static boolean isCarrier(Throwable error) {
    return error instanceof CompletionException
        || error instanceof ExecutionException
        || error instanceof UncheckedIOException
        || error instanceof InvocationTargetException
        || error instanceof UndeclaredThrowableException;
  }

  /**
   * Returns whether an error means that the caller ended the call, so that the error says nothing
   * about the callee: a cancellation, or an interrupt, which is the cancellation of blocking code.
   *
   * <p>An interrupt also counts if it is wrapped, as in {@code RuntimeException} with an {@link
   * InterruptedException} as its cause, and if blocking I/O reports it, by {@link
   * ClosedByInterruptException} or {@link InterruptedIOException}. A {@link SocketTimeoutException}
   * and other subclasses of {@code InterruptedIOException} are time-outs of the callee, and so is
   * an {@code InterruptedIOException} whose message says so, as OkHttp's does.
   *
   * @param error what a call ended with, unwrapped
   * @return whether it is a cancellation or an interrupt
   */
  public static boolean isCancel(@Nullable Throwable error) {
    return error instanceof CancellationException || isInterrupt(error);
  }

  private static boolean isInterrupt(@Nullable Throwable error) {
    Throwable link = error;
    for (int depth = 0; link != null && depth < MAX_CAUSES; depth++) { // a chain may be a circle
      if (link instanceof Error) {
        return false;
      }
      if (link instanceof InterruptedException
          || link instanceof ClosedByInterruptException
          || (link.getClass() == InterruptedIOException.class && !saysTimeout(link))) {
        return true;
      }
      link = link.getCause();
    }
    return false;
  }

  private static boolean saysTimeout(Throwable error) {
    String message = error.getMessage();
    return message != null && TIMEOUT.matcher(message).find();
  }

  /** Says what went wrong, and never fails itself: whoever logs has something to finish. */
  static void log(String what, @Nullable Throwable error) {
    try {
      System.getLogger("io.asynctools").log(System.Logger.Level.WARNING, what, error);
    } catch (Throwable e) {
      // A log that cannot be written changes nothing else.
    }
  }
}
