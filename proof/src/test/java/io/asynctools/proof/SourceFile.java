package io.asynctools.proof;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A Java file as the compiler reads it, before it knows what any name means.
 *
 * @param path the file
 * @param tree what it says
 * @param trees finds comments and positions in it
 */
public record SourceFile(Path path, CompilationUnitTree tree, Trees trees) {

  /** Reads Java files. */
  public static List<SourceFile> parse(List<Path> paths) {
    if (paths.isEmpty()) {
      return List.of();
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(paths));
      Trees trees = Trees.instance(task);
      List<SourceFile> parsed = new ArrayList<>();
      for (CompilationUnitTree tree : task.parse()) {
        parsed.add(new SourceFile(Path.of(tree.getSourceFile().toUri()), tree, trees));
      }
      return parsed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The line on which a part of the file begins. */
  public long line(com.sun.source.tree.Tree part) {
    return tree.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(tree, part));
  }
}
