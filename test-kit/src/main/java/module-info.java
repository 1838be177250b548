/** What tests of limits need: time moved by hand, and the contract that every limiter passes. */
module io.asynctools.testkit {
  requires transitive io.asynctools.api;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires java.management;
  requires jdk.management; // counts what a thread allocates
  requires static transitive org.jspecify;

  exports io.asynctools.testkit;

  // The promises are in package-private interfaces, whose tests JUnit calls.
  opens io.asynctools.testkit to
      org.junit.platform.commons;
}
