package io.asynctools.testkit;

import java.util.concurrent.atomic.AtomicInteger;

/** One of the forms in which blocking code asks a limiter; counts the calls that ran. */
interface BlockingForm {
  Object run(Trial it, AtomicInteger called) throws Exception;
}
