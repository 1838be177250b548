package io.asynctools.proof.promises;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import io.asynctools.proof.Repository;
import io.asynctools.proof.SourceFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the tests in a source file say they check. A test says so in its Javadoc, by a paragraph of
 * one form: {@code <p>Promises: All 3, Token bucket 4.} That of a class holds for all its tests but
 * those that have one of their own.
 */
final class TestSource {
  private static final Pattern LINE =
      Pattern.compile("(?m)^\\s*(?:<p>)?Promises:\\s+([^.]+?)\\s*\\.\\s*$");
  private static final Pattern LOOSE =
      Pattern.compile("(?m)^\\s*(?:<p>)?Promises?:.*$|\\A\\s*(?:All|[A-Z][a-z]+( [a-z]+)?) \\d.*$");
  private static final Set<String> TESTS =
      Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "Property", "Example");

  private final SourceFile source;
  private final List<Check> checks = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> extended = new ArrayList<>();

  private TestSource(SourceFile source) {
    this.source = source;
    for (Tree type : source.tree().getTypeDecls()) {
      if (type instanceof ClassTree top) {
        read(new TreePath(new TreePath(source.tree()), top), top, top, List.of(), false);
      }
    }
  }

  /** The tests of all modules, the published contract among them. */
  static List<TestSource> ofRepository() {
    List<Path> files = new ArrayList<>(Repository.javaFiles("src/test/java"));
    files.addAll(Repository.javaFilesBelow(Repository.root().resolve("test-kit/src/main/java")));
    Path jcstress = Repository.root().resolve("jcstress/src/main/java");
    if (Files.isDirectory(jcstress)) {
      files.addAll(Repository.javaFilesBelow(jcstress));
    }
    return of(files);
  }

  static List<TestSource> of(List<Path> files) {
    return SourceFile.parse(files).stream().map(TestSource::new).toList();
  }

  List<Check> checks() {
    return checks;
  }

  /** What is not said in the one form. */
  List<String> faults() {
    return faults;
  }

  /** The classes that its classes extend, by their simple names. */
  List<String> extended() {
    return extended;
  }

  Path file() {
    return source.path();
  }

  boolean isOfTheTestKit() {
    return Repository.fromRoot(file()).startsWith("test-kit/");
  }

  String type() {
    return file().getFileName().toString().replaceAll("\\.java$", "");
  }

  private void read(
      TreePath path, ClassTree top, ClassTree type, List<String> outer, boolean slowOutside) {
    Set<String> annotations = annotations(type.getModifiers());
    boolean slow = slowOutside || annotations.contains("@Tag(\"slow\")");
    @Nullable List<String> own = promises(path);
    List<String> promises = own == null ? outer : own;
    if (type.getExtendsClause() != null) {
      extended.add(type.getExtendsClause().toString());
    }
    boolean tests = false;
    if (annotations.contains("@JCStressTest")) {
      checks.add(new Check(file(), type(), inside(top, type), Tool.JCSTRESS, promises));
      tests = true;
    }
    for (Tree member : type.getMembers()) {
      TreePath at = new TreePath(path, member);
      if (member instanceof ClassTree nested) {
        int before = checks.size();
        read(at, top, nested, promises, slow);
        tests |= checks.size() > before;
      } else if (member instanceof MethodTree method) {
        tests |= read(at, method, promises, slow);
      }
    }
    if (tests) {
      isOfTheOneForm(path);
    } else if (own != null) {
      faults.add(type() + "." + type.getSimpleName() + " names a promise, and is no test");
    }
  }

  private boolean read(TreePath path, MethodTree method, List<String> outer, boolean slowOutside) {
    Set<String> annotations = annotations(method.getModifiers());
    boolean test = annotations.stream().anyMatch(TestSource::marksATest);
    @Nullable List<String> own = promises(path);
    if (!test) {
      if (own != null) {
        faults.add(type() + "." + method.getName() + " names a promise, and is no test");
      }
      return false;
    }
    isOfTheOneForm(path);
    boolean slow = slowOutside || annotations.contains("@Tag(\"slow\")");
    boolean property = annotations.stream().anyMatch(a -> a.startsWith("@Property"));
    Tool tool = tool(property, slow, method.toString());
    checks.add(
        new Check(file(), type(), method.getName().toString(), tool, own == null ? outer : own));
    return true;
  }

  private static boolean marksATest(String annotation) {
    return TESTS.contains(annotation.substring(1).replaceAll("\\(.*", ""));
  }

  private static Set<String> annotations(ModifiersTree modifiers) {
    return Set.copyOf(
        modifiers.getAnnotations().stream()
            .map(AnnotationTree::toString)
            .map(annotation -> annotation.replaceAll("\\(\\)$", "").replaceAll("(?s)\\s+", " "))
            .map(annotation -> annotation.replaceAll("^@(?:\\w+\\.)+", "@"))
            .map(annotation -> annotation.replaceAll("value = ", ""))
            .distinct()
            .toList());
  }

  /** Empty for the file's own class. */
  private static String inside(ClassTree top, ClassTree type) {
    return type == top ? "" : type.getSimpleName().toString();
  }

  /** The promises that a Javadoc names; null if it has no word of them. */
  private @Nullable List<String> promises(TreePath path) {
    String doc = source.trees().getDocComment(path);
    if (doc == null) {
      return null;
    }
    Matcher line = LINE.matcher(doc);
    return line.find()
        ? Arrays.stream(line.group(1).split(",")).map(TestSource::oneSpace).toList()
        : null;
  }

  private void isOfTheOneForm(TreePath path) {
    String doc = source.trees().getDocComment(path);
    if (doc == null || LINE.matcher(doc).find()) {
      return;
    }
    Matcher loose = LOOSE.matcher(doc);
    if (loose.find()) {
      faults.add(
          "%s: \"%s\" is not of the form \"<p>Promises: All 3, Token bucket 4.\""
              .formatted(type(), loose.group().strip()));
    }
  }

  private static String oneSpace(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private Tool tool(boolean property, boolean slow, String method) {
    String path = Repository.fromRoot(file());
    if (source.tree().getImports().toString().contains("lincheck")) {
      return method.contains("StressOptions") || method.contains("stress")
          ? Tool.LINCHECK_STRESS
          : Tool.MODEL_CHECKING;
    }
    if (path.startsWith("test-kit/src/main/")) {
      return Tool.CONTRACT;
    }
    if (path.contains("/proof/simulation/")) {
      return Tool.SIMULATION;
    }
    if (path.contains("/proof/faults/")) {
      return Tool.FAULTS;
    }
    if (path.endsWith("IT.java")) {
      return Tool.JARS;
    }
    if (slow) {
      return Tool.STRESS;
    }
    return property ? Tool.JQWIK : Tool.UNIT;
  }
}
