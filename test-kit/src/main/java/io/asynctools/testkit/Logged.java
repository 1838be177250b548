package io.asynctools.testkit;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the library logs while a test runs, kept from the console. One at a time: it stands behind
 * the logger that all share. It reaches {@code java.util.logging}, where a {@code System.Logger}
 * logs by default, by reflection, since a module under test need not read that module. Thread-safe.
 */
public final class Logged implements AutoCloseable {
  /**
   * What was logged at a time.
   *
   * @param message the message
   * @param thrown the exception logged with it, if any
   */
  public record Entry(String message, @Nullable Throwable thrown) {}

  private final Object logger; // held: java.util.logging forgets loggers that nobody holds
  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** Keeps what is logged from now on. */
  public Logged() {
    this(entry -> {});
  }

  /**
   * Keeps what is logged from now on, and tells of it.
   *
   * @param listener hears of each entry on the thread that logs it
   */
  public Logged(Consumer<Entry> listener) {
    try {
      Class<?> type = Class.forName("java.util.logging.Logger");
      logger = type.getMethod("getLogger", String.class).invoke(null, "io.asynctools");
      Class<?> filter = Class.forName("java.util.logging.Filter");
      Object keeper =
          Proxy.newProxyInstance(
              Logged.class.getClassLoader(),
              new Class<?>[] {filter},
              (proxy, method, arguments) -> {
                Entry entry = entryOf(arguments[0]);
                entries.add(entry);
                listener.accept(entry);
                return false; // not for the console
              });
      setFilter(keeper);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("java.util.logging", e);
    }
  }

  /**
   * What was logged since.
   *
   * @return the entries, in order; it grows
   */
  public List<Entry> entries() {
    return entries;
  }

  private static Entry entryOf(Object logged) throws ReflectiveOperationException {
    Method message = logged.getClass().getMethod("getMessage");
    Method thrown = logged.getClass().getMethod("getThrown");
    return new Entry((String) message.invoke(logged), (Throwable) thrown.invoke(logged));
  }

  private void setFilter(@Nullable Object filter) throws ReflectiveOperationException {
    logger
        .getClass()
        .getMethod("setFilter", Class.forName("java.util.logging.Filter"))
        .invoke(logger, filter);
  }

  /** Leaves the log to the console again. */
  @Override
  public void close() {
    try {
      setFilter(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("java.util.logging", e);
    }
  }
}
