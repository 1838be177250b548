package io.asynctools.demo;

/** How an upstream is, load apart. */
enum Health {
  WELL("is well"),
  FLAKY("answers 500 to every third request, at once"),
  HANGING("takes requests and answers none"),
  FAILING("answers 500 to every request, at once");

  private final String text;

  Health(String text) {
    this.text = text;
  }

  /** Goes on from "the upstream". */
  @Override
  public String toString() {
    return text;
  }
}
