package io.asynctools.proof.soak;

/** What the threads do to the limiters of one strategy, and what must hold meanwhile. */
interface Drill {
  /** A name for the table. */
  String name();

  /** One deed, on a key; on any thread. */
  void act(int key);

  /** Looks at what cannot be seen at once; on one thread, now and then. */
  default void inspect() {}

  /** What must hold once nothing is under way. */
  void checkAtRest();

  /** How many keys are kept now. */
  long keys();

  /** Grants, or calls that were let through. */
  long admitted();

  /** Closes the limiters. */
  void close();
}
