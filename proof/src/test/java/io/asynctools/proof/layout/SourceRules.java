package io.asynctools.proof.layout;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import io.asynctools.proof.SourceFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/** What our documents say of code, where only the source shows it. Each gives what breaks it. */
final class SourceRules {
  private static final Set<String> TESTS =
      Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "Property", "Example");

  private static final Set<String> TOUCHING_EXCEPTIONS =
      Set.of("addSuppressed", "initCause", "setStackTrace");

  private static final String JUNIT_TAG = "org.junit.jupiter.api.Tag";
  private static final String JQWIK_TAG = "net.jqwik.api.Tag";

  private SourceRules() {}

  /** A monitor that is held while something blocks pins the carrier of a virtual thread. */
  static List<String> monitors(SourceFile file, Set<String> allowed) {
    List<String> found = new ArrayList<>();
    if (allowed.contains(fileName(file))) {
      return found;
    }
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitSynchronized(SynchronizedTree tree, @Nullable Void nothing) {
        found.add(at(file, tree) + "synchronized");
        return super.visitSynchronized(tree, nothing);
      }

      @Override
      public @Nullable Void visitMethod(MethodTree tree, @Nullable Void nothing) {
        if (tree.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
          found.add(at(file, tree) + "synchronized " + tree.getName());
        }
        return super.visitMethod(tree, nothing);
      }
    }.scan(file.tree(), null);
    return found;
  }

  /** An exception may be shared: by many who throw it, and by many who are told of it. */
  static List<String> touchedExceptions(SourceFile file) {
    List<String> found = new ArrayList<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
        touches(tree, tree.getIdentifier().toString());
        return super.visitMemberSelect(tree, nothing);
      }

      @Override
      public @Nullable Void visitMemberReference(MemberReferenceTree tree, @Nullable Void nothing) {
        touches(tree, tree.getName().toString());
        return super.visitMemberReference(tree, nothing);
      }

      private void touches(Tree tree, String method) {
        if (TOUCHING_EXCEPTIONS.contains(method)) {
          found.add(at(file, tree) + method);
        }
      }
    }.scan(file.tree(), null);
    return found;
  }

  /** Tests are found by their names, chosen by their tags, and all read alike. */
  static List<String> formOfTests(SourceFile file) {
    List<String> found = new ArrayList<>();
    for (ImportTree each : file.tree().getImports()) {
      String name = each.getQualifiedIdentifier().toString();
      if (name.startsWith("org.junit.jupiter.api.Assertions") || name.startsWith("org.hamcrest")) {
        found.add(at(file, each) + "assertions are AssertJ's, not " + name);
      }
    }
    for (Tree type : file.tree().getTypeDecls()) {
      if (type instanceof ClassTree top) {
        formOfTests(file, top, Set.of(), found);
      }
    }
    return found;
  }

  private static void formOfTests(
      SourceFile file, ClassTree type, Set<String> outer, List<String> found) {
    Set<String> tags = with(outer, tagTypes(file, type.getModifiers()));
    for (Tree member : type.getMembers()) {
      if (member instanceof ClassTree nested) {
        formOfTests(file, nested, tags, found);
      } else if (member instanceof MethodTree method && isTest(method.getModifiers())) {
        String needed = isProperty(method.getModifiers()) ? JQWIK_TAG : JUNIT_TAG;
        if (!with(tags, tagTypes(file, method.getModifiers())).contains(needed)) {
          found.add(at(file, method) + method.getName() + " has no " + needed);
        }
        if (!fileName(file).matches("\\w+(Test|IT)")) {
          found.add(at(file, method) + "tests are in classes that end in Test or IT");
        }
      }
    }
  }

  private static Set<String> with(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  /** JUnit's tags mean nothing to jqwik, nor jqwik's to JUnit. */
  private static Set<String> tagTypes(SourceFile file, ModifiersTree modifiers) {
    Set<String> types = new HashSet<>();
    modifiers.getAnnotations().stream()
        .filter(SourceRules::isTag)
        .map(annotation -> annotation.getAnnotationType().toString())
        .forEach(
            name ->
                types.add(
                    name.contains(".")
                        ? name
                        : file.tree().getImports().stream()
                            .map(each -> each.getQualifiedIdentifier().toString())
                            .filter(each -> each.endsWith(".Tag"))
                            .findFirst()
                            .orElse(name)));
    return types;
  }

  /** Time is manual, but in slow tests and in those with a server beside them. */
  static List<String> sleepingTests(SourceFile file) {
    List<String> found = new ArrayList<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      private int onRealTime;

      @Override
      public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
        int before = onRealTime;
        onRealTime += isOnRealTime(tree.getModifiers()) ? 1 : 0;
        super.visitClass(tree, nothing);
        onRealTime = before;
        return null;
      }

      @Override
      public @Nullable Void visitMethod(MethodTree tree, @Nullable Void nothing) {
        int before = onRealTime;
        onRealTime += isOnRealTime(tree.getModifiers()) ? 1 : 0;
        super.visitMethod(tree, nothing);
        onRealTime = before;
        return null;
      }

      @Override
      public @Nullable Void visitMethodInvocation(
          MethodInvocationTree tree, @Nullable Void nothing) {
        String called = tree.getMethodSelect().toString();
        if (onRealTime == 0
            && called.matches(
                "(?:\\w+\\.)*(?:Thread\\.sleep|System\\.currentTimeMillis|Instant\\.now)|TimeUnit\\.\\w+\\.sleep")) {
          found.add(at(file, tree) + called);
        }
        return super.visitMethodInvocation(tree, nothing);
      }
    }.scan(file.tree(), null);
    return found;
  }

  private static boolean isTest(ModifiersTree modifiers) {
    return modifiers.getAnnotations().stream()
        .anyMatch(annotation -> TESTS.contains(annotation.getAnnotationType().toString()));
  }

  private static boolean isProperty(ModifiersTree modifiers) {
    return modifiers.getAnnotations().stream()
        .anyMatch(
            annotation -> annotation.getAnnotationType().toString().matches("Property|Example"));
  }

  private static boolean isOnRealTime(ModifiersTree modifiers) {
    return modifiers.getAnnotations().stream()
        .anyMatch(
            annotation ->
                isTag(annotation)
                    && annotation.toString().matches("(?s).*\"(slow|integration)\".*"));
  }

  private static boolean isTag(AnnotationTree annotation) {
    return annotation.getAnnotationType().toString().matches("(?:[\\w.]+\\.)?Tag");
  }

  private static String fileName(SourceFile file) {
    return file.path().getFileName().toString().replaceAll("\\.java$", "");
  }

  private static String at(SourceFile file, Tree tree) {
    return file.path().getFileName() + ":" + file.line(tree) + ": ";
  }
}
