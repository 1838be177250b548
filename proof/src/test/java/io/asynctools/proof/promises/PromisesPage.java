package io.asynctools.proof.promises;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.asynctools.proof.Repository;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code docs/promises.md}: from each promise to its tests. */
final class PromisesPage {
  private static final int NAMED = 5;

  private final List<Promise> promises;
  private final List<Check> checks;
  private final List<TestSource> contractRuns;

  PromisesPage(List<Promise> promises, List<TestSource> sources) {
    this.promises = promises;
    this.checks = sources.stream().flatMap(source -> source.checks().stream()).toList();
    this.contractRuns = runsOfTheContract(sources);
  }

  /** The promises that no test names. */
  List<String> unchecked() {
    Set<String> named = new LinkedHashSet<>();
    checks.forEach(check -> named.addAll(check.promises()));
    return promises.stream().map(Promise::name).filter(name -> !named.contains(name)).toList();
  }

  /** The tests that name a promise which is not there. */
  List<String> astray() {
    Set<String> published = new LinkedHashSet<>();
    promises.forEach(promise -> published.add(promise.name()));
    return checks.stream()
        .filter(check -> !published.containsAll(check.promises()))
        .map(check -> check + " names " + check.promises())
        .toList();
  }

  String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Promises and their tests

        <!-- Written by ./run.sh renew from docs/semantics.md and the Javadoc of the tests; a test compares. -->

        Which tests check which promise of [What is promised](semantics.md), and with what tool. From a test back to its promise: its Javadoc, or that of its
        class, ends in `Promises: All 3, Token bucket 4.` Where only some tests of a class check a promise, they are named.

        | tool | is |
        |---|---|
        """);
    for (Tool tool : Tool.values()) {
      page.append("| %s | %s |\n".formatted(tool.name, tool.meaning));
    }
    page.append("\nThe contract is run by ")
        .append(
            contractRuns.stream().map(run -> link(run.type(), run.file())).collect(joining(", ")))
        .append(".\n");
    Map<String, List<Promise>> sections =
        promises.stream().collect(groupingBy(Promise::section, LinkedHashMap::new, toList()));
    sections.forEach(
        (section, its) -> {
          page.append("\n## ")
              .append(section)
              .append("\n\n| promise | tool | tests |\n|---|---|---|\n");
          its.forEach(promise -> page.append(rows(promise)));
        });
    return page.toString();
  }

  private String rows(Promise promise) {
    Map<Tool, List<Check>> byTool =
        checks.stream()
            .filter(check -> check.promises().contains(promise.name()))
            .collect(groupingBy(Check::tool, TreeMap::new, toList()));
    StringBuilder rows = new StringBuilder();
    String first = promise.link() + " " + promise.summary().replace("|", "\\|");
    for (Map.Entry<Tool, List<Check>> entry : byTool.entrySet()) {
      rows.append(
          "| %s | %s | %s |\n".formatted(first, entry.getKey().name, tests(entry.getValue())));
      first = "";
    }
    return rows.toString();
  }

  private String tests(List<Check> those) {
    Map<Path, List<Check>> byFile =
        those.stream().collect(groupingBy(Check::file, TreeMap::new, toList()));
    List<String> links = new ArrayList<>();
    byFile.forEach((file, its) -> links.add(link(its.get(0).type(), file) + methods(file, its)));
    return String.join("<br>", links);
  }

  /** Names the methods, unless they are all of their class, or too many to be read. */
  private String methods(Path file, List<Check> some) {
    long all = checks.stream().filter(check -> check.file().equals(file)).count();
    if (some.size() == all || some.stream().allMatch(check -> check.method().isEmpty())) {
      return "";
    }
    if (some.size() > NAMED) {
      return ": " + some.size() + " of " + all;
    }
    return some.stream().map(check -> "`" + check.method() + "`").collect(joining(", ", ": ", ""));
  }

  /** Links the class, and says of which module it is: several have a {@code WaitersTest}. */
  private static String link(String type, Path file) {
    String path = Repository.fromRoot(file);
    return "[%s/%s](../%s)".formatted(path.substring(0, path.indexOf('/')), type, path);
  }

  /** The classes that extend the contract, directly or not; the test-kit's own are but trials. */
  private static List<TestSource> runsOfTheContract(List<TestSource> sources) {
    Set<String> contracts =
        new LinkedHashSet<>(List.of("AsyncRateLimiterContract", "WaitingLimiterContract"));
    List<TestSource> runs = new ArrayList<>();
    boolean grown = true;
    while (grown) {
      grown = false;
      for (TestSource source : sources) {
        if (!runs.contains(source)
            && !source.isOfTheTestKit()
            && source.extended().stream().anyMatch(contracts::contains)) {
          runs.add(source);
          grown = true;
        }
      }
    }
    runs.sort(Comparator.comparing(TestSource::file));
    return runs;
  }
}
