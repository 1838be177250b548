package io.asynctools.proof.promises;

import java.nio.file.Path;
import java.util.List;

/**
 * A test method, or a class that is one test.
 *
 * @param file where it stands
 * @param type its class, the outermost one
 * @param method its name, empty for a class that is one test
 * @param tool what it is made with
 * @param promises the names of those it says it checks
 */
record Check(Path file, String type, String method, Tool tool, List<String> promises) {
  @Override
  public String toString() {
    return method.isEmpty() ? type : type + "." + method;
  }
}
