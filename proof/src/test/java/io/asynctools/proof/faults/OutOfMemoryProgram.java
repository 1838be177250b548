package io.asynctools.proof.faults;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is lost when memory runs out, at each allocation of each operation in turn: every deed is
 * done with nothing left, then with 16 bytes, with 32, and so on until it has long succeeded.
 * Afterwards, with memory again, permits in must be permits out, and whoever waits must be served.
 * Prints what is not so, a line each; runs in a virtual machine of its own, see {@link
 * OutOfMemoryTest}.
 */
public final class OutOfMemoryProgram {
  private static final int LEAST = 40; // times 16 bytes: more than nearly all allocate
  private static final int MOST = 256; // for those that still fail: what NoMemory can leave

  private OutOfMemoryProgram() {}

  /**
   * Prints a line for each deed: how often memory ran out in it, as its caller saw it. And one for
   * each thing that is lost, with the bytes that were left when it was.
   */
  public static void main(String[] arguments) {
    Map<String, Supplier<Deed>> deeds = new LinkedHashMap<>();
    SemaphoreDeeds.addTo(deeds);
    OtherDeeds.addTo(deeds);
    deeds.forEach(OutOfMemoryProgram::tryAll);
  }

  private static void tryAll(String name, Supplier<Deed> deeds) {
    warmUp(deeds);
    Map<String, List<Integer>> lost = new LinkedHashMap<>();
    int ranOut = 0;
    boolean failed = true;
    for (int left = 0; left < LEAST || (failed && left < MOST); left++) {
      Deed deed = deeds.get();
      failed = ranOut(deed, left);
      ranOut += failed ? 1 : 0;
      String wrong = wrong(deed);
      if (wrong != null) {
        lost.computeIfAbsent(wrong, key -> new ArrayList<>()).add(left * 16);
      }
    }
    lost.forEach((what, bytes) -> System.out.println("LOST " + name + ": " + what + " " + bytes));
    System.out.println("RAN OUT " + ranOut + " " + name);
  }

  /** Loads and links all that the deed needs: that is not what is asked. */
  private static void warmUp(Supplier<Deed> deeds) {
    for (int i = 0; i < 3; i++) {
      Deed deed = deeds.get();
      deed.run();
      deed.wrong();
    }
  }

  private static boolean ranOut(Deed deed, int left) {
    NoMemory.leave(left);
    try {
      deed.run();
      return false;
    } catch (OutOfMemoryError e) {
      return true;
    } finally {
      NoMemory.restore();
    }
  }

  private static String wrong(Deed deed) {
    try {
      return deed.wrong();
    } catch (Throwable e) {
      return "afterwards: " + e;
    }
  }
}
