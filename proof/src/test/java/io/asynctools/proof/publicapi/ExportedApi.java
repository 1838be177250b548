package io.asynctools.proof.publicapi;

import static java.util.stream.Collectors.joining;

import io.asynctools.proof.Modules;
import java.lang.annotation.Annotation;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReference;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a module shows to those who compile against it, as text: what it exports, each public or
 * protected type there, and each of their public or protected members, with type parameters,
 * nullness and exceptions. What a public type inherits from one that is not exported is its own for
 * others, and stands with it.
 */
final class ExportedApi {
  private final Set<String> exported;
  private final StringBuilder text = new StringBuilder();

  private ExportedApi(Set<String> exported) {
    this.exported = exported;
  }

  static String of(ModuleReference module) {
    ExportedApi api = new ExportedApi(Modules.exported(module));
    api.module(module.descriptor());
    List<Class<?>> classes = Modules.classes(module);
    for (String name : api.exported) {
      api.text
          .append("\npackage ")
          .append(name)
          .append(annotations(packageInfo(name)))
          .append('\n');
      classes.stream()
          .filter(type -> type.getPackageName().equals(name) && api.isVisible(type))
          .sorted(Comparator.comparing(Class::getName))
          .forEach(api::type);
    }
    return api.text.toString();
  }

  /** That of a few types, as if their packages were exported. */
  static String of(Class<?>... types) {
    ExportedApi api =
        new ExportedApi(new TreeSet<>(Stream.of(types).map(Class::getPackageName).toList()));
    Stream.of(types).filter(api::isVisible).forEach(api::type);
    return api.text.toString();
  }

  private void module(ModuleDescriptor module) {
    text.append("module ").append(module.name()).append('\n');
    Collection<String> lines = new TreeSet<>();
    module.requires().forEach(requires -> lines.add("requires " + requires(requires)));
    module.exports().forEach(exports -> lines.add("exports " + exports));
    module.opens().forEach(opens -> lines.add("opens " + opens));
    module.uses().forEach(uses -> lines.add("uses " + uses));
    module.provides().forEach(provides -> lines.add("provides " + provides));
    lines.forEach(line -> text.append("  ").append(line).append('\n'));
  }

  /** Without the version that it was compiled with. */
  private static String requires(ModuleDescriptor.Requires requires) {
    String modifiers =
        requires.modifiers().stream()
            .map(modifier -> modifier.name().toLowerCase(java.util.Locale.ROOT) + " ")
            .sorted()
            .collect(joining());
    return modifiers + requires.name();
  }

  private static AnnotatedElement packageInfo(String name) {
    try {
      return Class.forName(name + ".package-info");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("no package-info in " + name, e);
    }
  }

  /** Whether others may name it. */
  private boolean isVisible(Class<?> type) {
    if (type.isAnonymousClass() || type.isLocalClass() || type.isSynthetic()) {
      return false;
    }
    Class<?> outer = type.getEnclosingClass();
    return isForOthers(type.getModifiers(), outer)
        && exported.contains(type.getPackageName())
        && (outer == null || isVisible(outer));
  }

  private static boolean isForOthers(int modifiers, Class<?> owner) {
    return Modifier.isPublic(modifiers)
        || Modifier.isProtected(modifiers)
            && owner != null
            && !Modifier.isFinal(owner.getModifiers());
  }

  private void type(Class<?> type) {
    Types types = new Types(type.getPackageName());
    text.append('\n').append(header(type, types)).append('\n');
    if (type.isEnum()) {
      String constants =
          Arrays.stream(type.getEnumConstants())
              .map(each -> ((Enum<?>) each).name())
              .collect(joining(", "));
      text.append("  ").append(constants).append('\n');
    }
    Collection<String> lines = new TreeSet<>();
    members(type, types).forEach(lines::add);
    hidden(type, new ArrayList<>())
        .forEach(
            parent -> members(parent, types).forEach(line -> lines.add(line + " // inherited")));
    lines.forEach(line -> text.append("  ").append(line).append('\n'));
  }

  private static String header(Class<?> type, Types types) {
    int modifiers = type.getModifiers() & ~Modifier.INTERFACE;
    if (type.isEnum() || type.isRecord()) {
      modifiers &= ~(Modifier.FINAL | Modifier.STATIC);
    } else if (type.isInterface()) {
      modifiers &= ~(Modifier.ABSTRACT | Modifier.STATIC);
    }
    StringBuilder header = new StringBuilder(annotations(type).stripLeading());
    header.append(header.isEmpty() ? "" : " ").append(Modifier.toString(modifiers));
    header.append(type.isSealed() ? " sealed " : " ");
    header.append(
        type.isAnnotation()
            ? "@interface "
            : type.isInterface()
                ? "interface "
                : type.isEnum() ? "enum " : type.isRecord() ? "record " : "class ");
    header.append(types.name(type)).append(types.parameters(type.getTypeParameters()));
    if (type.isRecord()) {
      header.append(
          Arrays.stream(type.getRecordComponents())
              .map(
                  (RecordComponent part) ->
                      types.name(part.getAnnotatedType()) + " " + part.getName())
              .collect(joining(", ", "(", ")")));
    }
    Class<?> parent = type.getSuperclass();
    if (parent != null && !Set.of(Object.class, Enum.class, Record.class).contains(parent)) {
      header.append(" extends ").append(types.name(type.getAnnotatedSuperclass()));
    }
    String interfaces =
        Arrays.stream(type.getAnnotatedInterfaces()).map(types::name).collect(joining(", "));
    if (!interfaces.isEmpty()) {
      header.append(type.isInterface() ? " extends " : " implements ").append(interfaces);
    }
    if (type.isSealed()) {
      header.append(
          Arrays.stream(type.getPermittedSubclasses())
              .map(types::name)
              .sorted()
              .collect(joining(", ", " permits ", "")));
    }
    return header.toString();
  }

  /** The supertypes that others cannot name: what they have is, for others, the type's own. */
  private List<Class<?>> hidden(Class<?> type, List<Class<?>> found) {
    Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
        .filter(parent -> parent.getName().startsWith("io.asynctools.") && !isVisible(parent))
        .filter(
            parent ->
                exported.contains(parent.getPackageName())
                    || Modifier.isPublic(type.getModifiers()))
        .filter(parent -> !isOfAnotherModule(parent))
        .forEach(
            parent -> {
              found.add(parent);
              hidden(parent, found);
            });
    return found;
  }

  /** What another module exports is in that one's list. */
  private boolean isOfAnotherModule(Class<?> type) {
    return Modifier.isPublic(type.getModifiers()) && !exported.contains(type.getPackageName());
  }

  private static Stream<String> members(Class<?> type, Types types) {
    Stream<Member> members =
        Stream.of(
                type.getDeclaredConstructors(), type.getDeclaredFields(), type.getDeclaredMethods())
            .flatMap(Arrays::stream);
    return members
        .filter(member -> !member.isSynthetic() && isForOthers(member.getModifiers(), type))
        .filter(member -> !(member instanceof Field field && field.isEnumConstant()))
        .map(
            member ->
                member instanceof Field field
                    ? field(field, types)
                    : executable((Executable) member, types));
  }

  private static String field(Field field, Types types) {
    String value = "";
    if (Modifier.isStatic(field.getModifiers())
        && Modifier.isFinal(field.getModifiers())
        && (field.getType().isPrimitive() || field.getType() == String.class)) {
      value = " = " + value(field); // compiled into the callers, if it is a constant
    }
    return leading(field)
        + Modifier.toString(field.getModifiers() & Modifier.fieldModifiers())
        + " "
        + types.name(field.getAnnotatedType())
        + " "
        + field.getName()
        + value;
  }

  private static Object value(Field field) {
    try {
      field.setAccessible(true);
      return field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String executable(Executable it, Types types) {
    int known = it instanceof Method ? Modifier.methodModifiers() : Modifier.constructorModifiers();
    int modifiers =
        it.getModifiers() & known & ~(Modifier.SYNCHRONIZED | Modifier.NATIVE | Modifier.STRICT);
    StringBuilder line =
        new StringBuilder(leading(it)).append(Modifier.toString(modifiers)).append(' ');
    if (it instanceof Method method) {
      line.append(method.isDefault() ? "default " : "");
    }
    String parameters = types.parameters(it.getTypeParameters());
    line.append(parameters).append(parameters.isEmpty() ? "" : " ");
    if (it instanceof Method method) {
      line.append(types.name(method.getAnnotatedReturnType())).append(' ').append(method.getName());
    } else {
      line.append(types.name(((Constructor<?>) it).getDeclaringClass()));
    }
    line.append('(');
    Parameter[] all = it.getParameters();
    for (int i = 0; i < all.length; i++) {
      String type = types.name(all[i].getAnnotatedType());
      line.append(i == 0 ? "" : ", ");
      line.append(all[i].isVarArgs() ? type.substring(0, type.length() - 2) + "..." : type);
    }
    line.append(')');
    if (it.getAnnotatedExceptionTypes().length > 0) {
      line.append(
          Arrays.stream(it.getAnnotatedExceptionTypes())
              .map(types::name)
              .collect(joining(", ", " throws ", "")));
    }
    return line.toString();
  }

  private static String leading(AnnotatedElement element) {
    String annotations = annotations(element).stripLeading();
    return annotations.isEmpty() ? "" : annotations + " ";
  }

  /** Those that are there at run time; nullness of types stands with the types. */
  private static String annotations(AnnotatedElement element) {
    return Arrays.stream(element.getDeclaredAnnotations())
        .map(Annotation::annotationType)
        .filter(type -> !Types.isOfTypes(type))
        .map(type -> " @" + type.getSimpleName())
        .sorted()
        .collect(joining());
  }
}
