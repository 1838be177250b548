package io.asynctools.proof.publicapi;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Has something of everything that {@link ExportedApi} puts in words. */
public abstract class Shown<K, V extends @Nullable Object> extends Hidden
    implements Comparable<Shown<K, V>> {
  /** Compiled into its users. */
  public static final int LIMIT = 7;

  /** For subclasses. */
  protected Shown() {}

  Shown(int notForOthers) {}

  /** Has bounds, nullness, arrays and exceptions. */
  protected <X extends Exception & Runnable> @Nullable V find(K key, @Nullable String[]... more)
      throws X, InterruptedException {
    return null;
  }

  /** Has wildcards. */
  public abstract List<? extends V> values(Function<? super K, ?> how);

  @Override
  public final synchronized int compareTo(Shown<K, V> other) {
    return 0;
  }

  void notForOthers() {}

  /** Has constants, in an order. */
  public enum Sort {
    TWO,
    ONE
  }

  /** Has components. */
  public record Pair<T>(T left, @Nullable T right) {}

  private record NotForOthers() {}
}

abstract class Hidden {
  public void inherited() {}

  void notForOthers() {}
}
