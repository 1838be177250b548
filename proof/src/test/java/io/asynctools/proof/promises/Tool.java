package io.asynctools.proof.promises;

/** What a test is made with, from the narrowest look to the widest. */
enum Tool {
  UNIT("unit", "by example, on manual time"),
  CONTRACT("contract", "of the test-kit: on every limiter, and for strangers' limiters too"),
  JQWIK("jqwik", "a property, on random input"),
  MODEL_CHECKING("Lincheck, model checking", "every interleaving of a few threads, up to a bound"),
  LINCHECK_STRESS(
      "Lincheck, stress", "random programs of a few threads, checked for a sequential history"),
  JCSTRESS("jcstress", "memory orders, on the real machine"),
  SIMULATION("simulation", "thousands of clients on manual time and a seeded scheduler"),
  FAULTS("faults", "executors, timers, clocks and user code that misbehave"),
  STRESS("stress", "real threads on real time; slow"),
  JARS("jars", "the packaged jars, from outside");

  final String name;
  final String meaning;

  Tool(String name, String meaning) {
    this.name = name;
    this.meaning = meaning;
  }
}
