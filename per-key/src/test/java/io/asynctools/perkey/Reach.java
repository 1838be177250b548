package io.asynctools.perkey;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.util.introspection.FieldSupport;

/** Which entries a limiter of many keys still holds in memory. */
final class Reach {
  private Reach() {}

  /** In the housekeeper's list. */
  static int linkedEntries(PerKeyRateLimiter<?, ?> keys) {
    AtomicReference<?> head =
        FieldSupport.extraction()
            .fieldValue("keys.housekeeper.list.head", AtomicReference.class, keys);
    int many = 0;
    for (Entry<?, ?> entry = (Entry<?, ?>) head.get(); entry != null; entry = entry.next) {
      many++;
    }
    return many;
  }

  /** How large the table is. */
  static int bins(KeyTable<?, ?> table) {
    return FieldSupport.extraction().fieldValue("table", Entry[].class, table).length;
  }

  static KeyTable<?, ?> table(PerKeyRateLimiter<?, ?> keys) {
    return FieldSupport.extraction().fieldValue("keys.table", KeyTable.class, keys);
  }

  /** How many found their bin full. */
  static int beside(KeyTable<?, ?> table) {
    return FieldSupport.extraction().fieldValue("excess", Map.class, table).size();
  }

  /** By whichever way through the fields and tables of our own classes. */
  static int entriesFrom(PerKeyRateLimiter<?, ?> keys) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> next = new ArrayDeque<>();
    next.add(keys);
    int entries = 0;
    while (!next.isEmpty()) {
      Object object = next.pop();
      if (!seen.add(object)) {
        continue;
      }
      if (object instanceof Entry<?, ?>) {
        entries++;
      }
      if (object instanceof AtomicReference<?> reference) {
        addTo(next, reference.get());
      } else if (object instanceof Entry<?, ?>[] table) {
        for (Entry<?, ?> entry : table) {
          addTo(next, entry);
        }
      } else if (object.getClass().getPackageName().equals("io.asynctools.perkey")) {
        fieldsOf(object, next);
      }
    }
    return entries;
  }

  private static void fieldsOf(Object object, Deque<Object> next) {
    for (Field field : object.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
        try {
          field.setAccessible(true);
          addTo(next, field.get(object));
        } catch (ReflectiveOperationException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private static void addTo(Deque<Object> next, Object object) {
    if (object != null) {
      next.push(object);
    }
  }
}
