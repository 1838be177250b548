package io.asynctools.testkit;

import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Puts the promise that a test of the contract checks before the message of its failure: the number
 * that it has in {@code docs/semantics.md}, and a sentence. Both are the test's display name.
 */
final class PromiseInMessage implements InvocationInterceptor {
  private static final String PACKAGE = PromiseInMessage.class.getPackageName();

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation, context);
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return run(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation,
      DynamicTestInvocationContext dynamicTest,
      ExtensionContext context)
      throws Throwable {
    run(invocation, context);
  }

  private static <T extends @Nullable Object> T run(
      Invocation<T> invocation, ExtensionContext context) throws Throwable {
    try {
      return invocation.proceed();
    } catch (TestAbortedException | VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      Optional<String> promise = promiseOf(context);
      throw promise.isPresent() ? broken(promise.get(), e) : e;
    }
  }

  /** The display name of the method that declares the test, if it is one of the contract. */
  private static Optional<String> promiseOf(ExtensionContext context) {
    return context
        .getTestMethod()
        .or(() -> context.getParent().flatMap(ExtensionContext::getTestMethod))
        .filter(method -> method.getDeclaringClass().getPackageName().equals(PACKAGE))
        .map(method -> method.getAnnotation(DisplayName.class))
        .map(DisplayName::value);
  }

  private static AssertionError broken(String promise, Throwable failure) {
    if (!(failure instanceof AssertionError)) {
      return new AssertionError(promise + "\n[a limiter must not throw this]\n" + failure, failure);
    }
    String message = promise + "\n" + failure.getMessage();
    AssertionError error =
        failure instanceof AssertionFailedError compared
            ? new AssertionFailedError(message, compared.getExpected(), compared.getActual())
            : new AssertionError(message);
    error.setStackTrace(failure.getStackTrace());
    return error;
  }
}
