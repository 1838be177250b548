package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls go out at once while few commands are on their way, and together when there are more. */
@Tag("unit")
class PipeTest {
  private static final Numbers LIMIT = new Numbers(1, 2, 3, 4, 5);
  private static final int FEW = 4;
  private static final int MOST_KEYS = 32;
  private static final byte[] FINE = Wire.numbers(0, 1, 0);

  private final Wire wire = new Wire();
  private final Pipe pipe = new Pipe(wire.connection, false, null);
  private final List<Call> calls = new ArrayList<>();

  private class Call extends ScriptCall {
    final List<String> heard = new ArrayList<>();
    @Nullable Runnable then;

    Call(Script script, Numbers asked) {
      super(script, "key" + calls.size(), LIMIT, asked);
      calls.add(this);
    }

    @Override
    void onReply(long first, long second, long third) {
      hear(first + " " + second + " " + third);
    }

    @Override
    void onLateReply(long first, long second, long third) {
      hear("late " + first);
    }

    @Override
    void onFailure(Throwable error) {
      hear(String.valueOf(error.getMessage()));
    }

    private void hear(String what) {
      heard.add(what);
      if (then != null) {
        then.run();
      }
    }
  }

  private Call send() {
    return send(Script.TAKE, new Numbers());
  }

  private Call send(Script script, Numbers asked) {
    Call call = new Call(script, asked);
    pipe.send(call);
    return call;
  }

  private void send(int count) {
    for (int i = 0; i < count; i++) {
      send();
    }
  }

  private List<String> heard(int from, int to) {
    return calls.subList(from, to).stream().flatMap(call -> call.heard.stream()).toList();
  }

  private void answer(int command, int keys) {
    wire.answer(command, IntStream.range(0, keys).mapToObj(i -> FINE).toArray(byte[][]::new));
  }

  @Test
  void aCallGoesOutAtOnceWhileFewAreOnTheirWay() {
    send(FEW + 1);
    assertThat(wire.sent).hasSize(FEW);
    for (int i = 0; i < FEW; i++) {
      assertThat(wire.text(i)).startsWith("*5\r\n").contains("\r\n$1\r\n1\r\n$4\r\nkey" + i);
    }
  }

  @Test
  void whoWaitsGoesOutTogetherWithAllOthersWhenOneComesBack() {
    send(FEW + 3);
    answer(1, 1);
    assertThat(wire.sent).hasSize(FEW + 1);
    assertThat(wire.text(FEW))
        .startsWith("*7\r\n$7\r\nEVALSHA\r\n$40\r\n")
        .contains("\r\n$1\r\n3\r\n$4\r\nkey4\r\n$4\r\nkey5\r\n$4\r\nkey6\r\n$40\r\n");
    wire.answer(FEW, Wire.numbers(1, 2, 3), Wire.numbers(-1, 5, 0), Wire.numbers(7));
    assertThat(heard(FEW, FEW + 3)).containsExactly("1 2 3", "-1 5 0", "7 0 0");
    assertThat(calls.get(1).heard).containsExactly("0 1 0");
    assertThat(calls.get(0).heard).isEmpty();
  }

  /** The next is on its way before the answers are told, for telling them may take a while. */
  @Test
  void theNextGoesOutBeforeTheAnswersAreTold() {
    send(FEW + 1);
    List<Integer> sentThen = new ArrayList<>();
    calls.get(0).then = () -> sentThen.add(wire.sent.size());
    answer(0, 1);
    assertThat(sentThen).containsExactly(FEW + 1);
  }

  @Test
  void whatIsAskedGoesWithItsKeyAndIsLeftOutAtTheEnd() {
    send(FEW);
    send();
    send(Script.TAKE, new Numbers(8, 9));
    send();
    answer(0, 1);
    assertThat(wire.text(FEW)).startsWith("*9\r\n").contains("key5\r\n$4\r\nkey6\r\n$40\r\n");
    String asked = wire.text(FEW);
    assertThat(asked.substring(asked.lastIndexOf("$0\r\n"))).startsWith("$0\r\n\r\n$16\r\n");
  }

  /** However far away Redis is: a full command gains nothing by waiting. */
  @Test
  void aFullCommandGoesOutAtOnce() {
    send(FEW + MOST_KEYS - 1);
    assertThat(wire.sent).hasSize(FEW);
    send(MOST_KEYS + 2);
    assertThat(wire.sent).hasSize(FEW + 2);
    assertThat(wire.text(FEW)).startsWith("*" + (4 + MOST_KEYS)).contains("\r\n$2\r\n32\r\n");
    assertThat(wire.text(FEW + 1)).startsWith("*" + (4 + MOST_KEYS));
    answer(FEW, MOST_KEYS);
    answer(FEW + 1, MOST_KEYS);
    assertThat(wire.sent).as("the window is full still").hasSize(FEW + 2);
    answer(0, 1);
    assertThat(wire.text(FEW + 2)).startsWith("*5\r\n").contains("key" + (FEW + 2 * MOST_KEYS));
    assertThat(heard(FEW, FEW + 2 * MOST_KEYS)).hasSize(2 * MOST_KEYS).containsOnly("0 1 0");
  }

  @Test
  void onlyCallsOfOneScriptGoTogether() {
    send(FEW);
    send();
    send(Script.GIVE_BACK, new Numbers(1, 2, 3, 4));
    send();
    send(Script.GIVE_BACK, new Numbers(1, 2, 3, 4));
    send();
    answer(0, 1);
    answer(1, 1);
    assertThat(wire.sent).hasSize(FEW + 2);
    assertThat(wire.text(FEW)).contains("key4", "key6", "key8").doesNotContain("key5", "key7");
    assertThat(wire.text(FEW + 1)).contains("key5", "key7").doesNotContain("key6");
  }

  /** Redis does nothing else meanwhile. */
  @Test
  void aCommandIsNoMoreWorkThanOneCallMayBe() {
    send(FEW);
    for (int i = 0; i < 5; i++) {
      Call call =
          new Call(Script.TAKE, new Numbers()) {
            @Override
            long steps() {
              return 400;
            }
          };
      pipe.send(call);
    }
    for (int i = 0; i < FEW; i++) {
      answer(i, 1);
    }
    assertThat(wire.sent).hasSize(FEW + 3);
    assertThat(wire.text(FEW)).contains("key4", "key5").doesNotContain("key6");
    assertThat(wire.text(FEW + 2)).contains("key8").doesNotContain("key7");
  }

  @Test
  void aCallOfMoreStepsThanOneCommandShouldTakeGoesByItself() {
    Call call =
        new Call(Script.TAKE, new Numbers()) {
          @Override
          long steps() {
            return 1_001;
          }
        };
    pipe.send(call);
    assertThat(wire.sent).hasSize(1);
  }

  @Test
  void whoseTimeIsUpIsLeftOut() {
    send(FEW + 3);
    calls.get(FEW + 1).fail(new IllegalStateException("time"));
    answer(0, 1);
    assertThat(wire.text(FEW)).contains("key4", "key6").doesNotContain("key5");
    calls.get(FEW).fail(new IllegalStateException("time"));
    answer(FEW, 2);
    assertThat(heard(FEW, FEW + 3)).containsExactly("time", "late 0", "time", "0 1 0");
  }

  /** Called off is a command of which nobody waits for any outcome, and only before it goes out. */
  @Test
  void aCommandIsCalledOffOnceNobodyWaitsForIt() {
    send(FEW + 2);
    answer(0, 1);
    calls.get(FEW).fail(new IllegalStateException("time"));
    assertThat(wire.sent.get(FEW).isDone()).isFalse();
    calls.get(FEW + 1).fail(new IllegalStateException("time"));
    assertThat(wire.sent.get(FEW).isDone()).isTrue();
    assertThat(wire.sent.get(FEW).isCancelled()).isTrue();
    send();
    assertThat(wire.sent).as("its place among those on their way is free").hasSize(FEW + 2);
    send();
    assertThat(wire.sent).as("once").hasSize(FEW + 2);
  }

  /** Redis was told to forget its scripts, and paused for so long that nobody waits any more. */
  @Test
  void aScriptThatIsNotKnownIsNotSentWholeForNobody() {
    send(FEW + 1);
    wire.text(0);
    calls.get(0).fail(new IllegalStateException("time"));
    wire.fail(0, "NOSCRIPT");
    assertThat(wire.sent).hasSize(FEW + 1);
    assertThat(wire.text(FEW)).as("the next has its place").contains("EVALSHA", "key4");
  }

  /** A user's connection does, where it was cut in the middle of an answer. */
  @Test
  void whatIsSentAgainIsAnsweredFromTheBeginning() {
    send(FEW + 3);
    answer(0, 1);
    wire.text(FEW);
    wire.sent.get(FEW).getOutput().set(ByteBuffer.wrap(Wire.numbers(0, 1, 9)));
    wire.sent.get(FEW).getOutput().set(ByteBuffer.wrap("!WRONGTYPE".getBytes(UTF_8)));
    wire.text(FEW);
    wire.answer(FEW, Wire.numbers(-1, 5), Wire.numbers(-1, 6), Wire.numbers(0, 7, 8));
    assertThat(heard(FEW, FEW + 3)).containsExactly("-1 5 0", "-1 6 0", "0 7 8");
  }

  @Test
  void whatIsWrongWithOneKeyConcernsNoOther() {
    send(FEW + 3);
    answer(0, 1);
    wire.answer(FEW, FINE, "!WRONGTYPE schlüssel".getBytes(UTF_8), FINE);
    assertThat(heard(FEW, FEW + 3)).containsExactly("0 1 0", "WRONGTYPE schlüssel", "0 1 0");
  }

  @Test
  void anErrorOfTheWholeConcernsAll() {
    send(FEW + 2);
    answer(0, 1);
    wire.fail(FEW, "LOADING");
    assertThat(heard(FEW, FEW + 2)).containsExactly("LOADING", "LOADING");
  }

  /** In the place of which it came: nobody hears the answer of another. */
  @Test
  void anAnswerThatIsNoneIsAFailureOfThoseWithout() {
    send(FEW + 6);
    answer(0, 1);
    CommandOutput<?, ?, ?> output = wire.sent.get(FEW).getOutput();
    output.set(ByteBuffer.wrap(new byte[7]));
    output.set(3);
    output.set((ByteBuffer) null);
    wire.answer(FEW, new byte[56], FINE);
    for (int i : new int[] {0, 1, 2, 3, 5}) {
      assertThat(heard(FEW + i, FEW + i + 1)).singleElement().asString().contains("no Redis");
    }
    assertThat(heard(FEW + 4, FEW + 5)).containsExactly("0 1 0");
  }

  /** Redis looks at all the keys before it runs the script. */
  @Test
  void aKeyThatIsNotAllowedFailsNoOther() {
    send(FEW + 3);
    answer(0, 1);
    wire.fail(FEW, "NOPERM this user has no permissions to access one of the keys");
    assertThat(wire.sent).hasSize(FEW + 4);
    answer(FEW + 1, 1);
    wire.fail(FEW + 2, "NOPERM");
    answer(FEW + 3, 1);
    assertThat(heard(FEW, FEW + 3)).containsExactly("0 1 0", "NOPERM", "0 1 0");
    send(FEW + 2);
    answer(FEW + 4, 1);
    assertThat(wire.text(wire.sent.size() - 1)).as("others go together").startsWith("*9\r\n");
  }

  @Test
  void oneWhoThrowsAtItsAnswerTakesNothingFromOthers() {
    send(FEW + 3);
    calls.get(FEW).then =
        () -> {
          throw new IllegalStateException("on purpose");
        };
    answer(0, 1);
    answer(FEW, 3);
    assertThat(heard(FEW, FEW + 3)).containsExactly("0 1 0", "0 1 0", "0 1 0");
    send(2);
    calls.get(FEW + 3).then = calls.get(FEW).then;
    answer(1, 1);
    wire.fail(FEW + 1, "LOADING");
    assertThat(heard(FEW + 3, FEW + 5)).contains("LOADING");
  }

  @Test
  void moreAnswersThanQuestionsAreNoMatter() {
    send();
    wire.answer(0, FINE, Wire.numbers(4), Wire.numbers(5));
    assertThat(heard(0, 1)).containsExactly("0 1 0");
  }

  @Test
  void aScriptThatIsNotKnownGoesOutWholeAndKeepsItsPlace() {
    send(FEW + 1);
    wire.fail(0, "NOSCRIPT");
    assertThat(wire.sent).as("one comes back, for itself").hasSize(FEW + 1);
    assertThat(wire.text(FEW)).contains("EVAL\r\n", "key0").doesNotContain("key4");
    answer(FEW, 1);
    assertThat(wire.text(FEW + 1)).contains("key4");
  }

  @Test
  void aCommandComesBackOnce() {
    send(FEW + 2);
    wire.sent.get(0).completeExceptionally(new IllegalStateException("gone"));
    wire.sent.get(0).cancel();
    wire.fail(0, "gone");
    answer(FEW, 2);
    send(FEW);
    assertThat(wire.sent).as("one, and no more than may be on their way").hasSize(FEW + 2);
    assertThat(heard(0, 1)).containsExactly("gone");
  }

  /** As after the connection was lost: each fails at once, and its caller asks again at once. */
  @Test
  void aConnectionThatTakesNothingFailsAllWithoutRecursion() {
    send(FEW);
    wire.refuses = new IllegalStateException("not connected");
    send().then = this::sendUntilThereAreMany;
    wire.sent.get(0).cancel();
    assertThat(heard(FEW, 100_000)).hasSize(100_000 - FEW).containsOnly("not connected");
    wire.refuses = null;
    send();
    assertThat(wire.sent).as("the pipe still works").hasSize(FEW + 1);
  }

  private void sendUntilThereAreMany() {
    if (calls.size() < 100_000) {
      Call call = new Call(Script.TAKE, new Numbers());
      call.then = this::sendUntilThereAreMany;
      pipe.send(call);
    }
  }

  /** A caller may ask again at once, from within the answer. */
  @Test
  void anAnswerMaySendTheNextCall() {
    Call first = send();
    first.then = this::send;
    answer(0, 1);
    assertThat(wire.sent).hasSize(2);
    assertThat(wire.text(1)).contains("key1");
  }

  @Test
  void toAClusterEachGoesByItself() {
    Wire nodes = Wire.toCluster();
    Pipe toNodes = new Pipe(nodes.connection, false, null);
    for (int i = 0; i < 100; i++) {
      toNodes.send(new Call(Script.TAKE, new Numbers()));
    }
    Call over = new Call(Script.TAKE, new Numbers());
    over.fail(new IllegalStateException("time"));
    toNodes.send(over);
    assertThat(nodes.sent).hasSize(100);
    nodes.answer(7, FINE);
    assertThat(calls.get(7).heard).containsExactly("0 1 0");
  }

  /**
   * As a proxy does that has a Cluster behind it: nobody hears of it, and it is not tried again.
   */
  @Test
  void whereKeysMayNotGoTogetherEachGoesByItselfFromThenOn() {
    send(FEW + MOST_KEYS + 2);
    wire.fail(FEW, "CROSSSLOT Keys in request don't hash to the same slot");
    int sent = FEW + 1 + MOST_KEYS + 2;
    assertThat(wire.sent).hasSize(sent);
    send(2);
    assertThat(wire.sent).hasSize(sent + 2);
    for (int i = FEW + 1; i < sent + 2; i++) {
      assertThat(wire.text(i)).startsWith("*5\r\n");
      answer(i, 1);
    }
    assertThat(heard(FEW, calls.size())).hasSize(MOST_KEYS + 4).containsOnly("0 1 0");
  }

  /** What hangs in a connection that is not ours keeps nobody waiting once that is known. */
  @Test
  void aDoubtLetsNewCallsPassThoseThatHang() {
    UserLink link = new UserLink(wire.connection);
    for (int i = 0; i < FEW + 1; i++) {
      link.send(new Call(Script.TAKE, new Numbers()));
    }
    assertThat(wire.sent).hasSize(FEW);
    link.doubt("");
    link.send(new Call(Script.TAKE, new Numbers()));
    assertThat(wire.sent).hasSize(FEW + 1);
    answer(0, 1);
    assertThat(wire.text(FEW + 1)).as("those that waited are not lost").contains("key4");
  }
}
