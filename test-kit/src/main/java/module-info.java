/** What tests of limits need: time moved by hand, and the contract that every limiter passes. */
module io.asynctools.testkit {
  requires transitive io.asynctools.api;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires static transitive org.jspecify;

  exports io.asynctools.testkit;
}
