package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener or predicate of the user's, which must change nothing by throwing: what it throws,
 * errors too, is logged, the first time with its name and never again, since one that throws once
 * may throw at every call. Thread-safe.
 */
public final class UserCode {
  private static final VarHandle LOGGED;

  static {
    try {
      LOGGED = MethodHandles.lookup().findVarHandle(UserCode.class, "logged", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;

  @SuppressWarnings("unused") // by LOGGED
  private volatile boolean logged;

  /**
   * Names the user's code.
   *
   * @param what what it is: {@code onStateChange}
   * @param policy the name of the policy that it was given to
   */
  public UserCode(String what, String policy) {
    this.name = requireNonNull(what, "what") + " of '" + requireNonNull(policy, "policy") + "'";
  }

  /**
   * Runs it, on this thread. Never throws.
   *
   * @param listener calls the user's code
   */
  public void run(Runnable listener) {
    try {
      listener.run();
    } catch (Throwable e) {
      threw(e);
    }
  }

  /**
   * Asks it, on this thread. Never throws.
   *
   * @param <T> what it answers
   * @param question calls the user's code
   * @param ifItThrows the answer if it throws
   * @return its answer
   */
  public <T extends @Nullable Object> T ask(Supplier<? extends T> question, T ifItThrows) {
    try {
      return question.get();
    } catch (Throwable e) {
      threw(e);
      return ifItThrows;
    }
  }

  private void threw(Throwable error) {
    if (LOGGED.compareAndSet(this, false, true)) {
      Failures.log(name + " threw; it is not logged again", error);
    }
  }
}
