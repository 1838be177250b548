package io.asynctools.proof.publicapi;

import static java.util.stream.Collectors.joining;

import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;

/**
 * Types as text, the same on every JDK: with type arguments and nullness, and short where that is
 * clear.
 *
 * @param inPackage the package whose types need no name of it
 */
record Types(String inPackage) {

  String name(Class<?> type) {
    if (type.isArray()) {
      return name(type.getComponentType()) + "[]";
    }
    String name = type.getCanonicalName();
    String pack = type.getPackageName();
    boolean clear = pack.equals("java.lang") || pack.equals(inPackage);
    return clear && !type.isPrimitive() ? name.substring(pack.length() + 1) : name;
  }

  String name(AnnotatedType type) {
    if (type instanceof AnnotatedArrayType array) {
      String nullness = nullness(type);
      return name(array.getAnnotatedGenericComponentType())
          + (nullness.isEmpty() ? "" : " " + nullness)
          + "[]";
    }
    if (type instanceof AnnotatedParameterizedType parameterized) {
      Class<?> raw = (Class<?>) ((ParameterizedType) type.getType()).getRawType();
      return Arrays.stream(parameterized.getAnnotatedActualTypeArguments())
          .map(this::name)
          .collect(joining(", ", nullness(type) + name(raw) + "<", ">"));
    }
    if (type instanceof AnnotatedTypeVariable variable) {
      return nullness(type) + ((TypeVariable<?>) variable.getType()).getName();
    }
    if (type instanceof AnnotatedWildcardType wildcard) {
      return nullness(type) + wildcard(wildcard);
    }
    return nullness(type) + name((Class<?>) type.getType());
  }

  private String wildcard(AnnotatedWildcardType wildcard) {
    if (wildcard.getAnnotatedLowerBounds().length > 0) {
      return "? super " + name(wildcard.getAnnotatedLowerBounds()[0]);
    }
    String bounds = bounds(wildcard.getAnnotatedUpperBounds());
    return bounds.isEmpty() ? "?" : "? extends " + bounds;
  }

  /** {@code <T extends …>}, or nothing. */
  String parameters(TypeVariable<?>[] parameters) {
    if (parameters.length == 0) {
      return "";
    }
    return Arrays.stream(parameters)
        .map(
            parameter -> {
              String bounds = bounds(parameter.getAnnotatedBounds());
              return parameter.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
            })
        .collect(joining(", ", "<", ">"));
  }

  private String bounds(AnnotatedType[] bounds) {
    List<String> names = Arrays.stream(bounds).map(this::name).toList();
    return names.equals(List.of("Object")) ? "" : String.join(" & ", names);
  }

  private static String nullness(AnnotatedElement type) {
    return Arrays.stream(type.getAnnotations())
        .map(annotation -> "@" + annotation.annotationType().getSimpleName() + " ")
        .sorted()
        .collect(joining());
  }

  /** Whether an annotation is one of types, such as {@code @Nullable}. */
  static boolean isOfTypes(Class<? extends Annotation> annotation) {
    Target target = annotation.getAnnotation(Target.class);
    return target != null && Arrays.asList(target.value()).contains(ElementType.TYPE_USE);
  }
}
