package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stack machine for the part of Python's pickle protocol 2 that PyTorch writes. It builds lists,
 * maps and scalars; names are looked up in {@link Globals} and nowhere else, so a pickle cannot
 * make it run anything. Memory is bounded by the number of operations, which is limited.
 *
 * <p>A list is an {@link ArrayList}, a tuple an unmodifiable {@link List}, a dict a {@link
 * LinkedHashMap} whose keys are scalars.
 */
final class PickleReader {
  /** Enough for a gallery database of seven million names. */
  static final int MAX_OPERATIONS = 16_000_000;

  private static final int MAX_LINE = 512;
  private static final int PROTOCOL = 2;

  private final ByteBuffer in;
  private final Globals globals;
  private final List<@Nullable Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final List<@Nullable Object> memo = new ArrayList<>();

  private PickleReader(ByteBuffer in, Globals globals) {
    this.in = in;
    this.globals = globals;
  }

  /**
   * @throws CheckpointException if the pickle is damaged, uses an operation that PyTorch does not
   *     write, or names something that is not in {@code globals}
   */
  static @Nullable Object read(ByteBuffer pickle, Globals globals) {
    PickleReader reader = new PickleReader(pickle.slice().order(ByteOrder.LITTLE_ENDIAN), globals);
    try {
      return reader.run();
    } catch (BufferUnderflowException e) {
      throw new CheckpointException("the pickle is cut short at byte " + reader.in.position(), e);
    }
  }

  private @Nullable Object run() {
    if (in.remaining() < 2 || (in.get() & 0xff) != 0x80 || in.get() != PROTOCOL) {
      throw new CheckpointException("is not a pickle of protocol 2, which torch.save writes");
    }
    for (int operations = 0; operations < MAX_OPERATIONS; operations++) {
      int operation = in.get() & 0xff;
      if (operation == '.') {
        return result();
      }
      perform(operation);
    }
    throw new CheckpointException("the pickle has over " + MAX_OPERATIONS + " operations");
  }

  private void perform(int operation) {
    switch (operation) {
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'J' -> stack.add((long) in.getInt());
      case 'K' -> stack.add(in.get() & 0xffL);
      case 'M' -> stack.add(in.getShort() & 0xffffL);
      case 0x8a -> stack.add(integer(bytes(in.get() & 0xff)));
      case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case 'X' -> stack.add(new String(bytes(in.getInt()), UTF_8));
      case 'U' -> stack.add(new String(bytes(in.get() & 0xff), UTF_8));
      case ']' -> stack.add(new ArrayList<>());
      case '}' -> stack.add(new LinkedHashMap<>());
      case ')' -> stack.add(List.of());
      case '(' -> marks.add(stack.size());
      case 't' -> stack.add(tuple(popToMark()));
      case 0x85 -> stack.add(tuple(pop(1)));
      case 0x86 -> stack.add(tuple(pop(2)));
      case 0x87 -> stack.add(tuple(pop(3)));
      case 'a' -> append(pop(1));
      case 'e' -> append(popToMark());
      case 's' -> setItems(pop(2));
      case 'u' -> setItems(popToMark());
      case 'q' -> memoize(in.get() & 0xff);
      case 'r' -> memoize(in.getInt());
      case 'h' -> stack.add(recall(in.get() & 0xff));
      case 'j' -> stack.add(recall(in.getInt()));
      case 'c' -> stack.add(globals.find(line(), line()));
      case 'R' -> call(pop(2), false);
      case 0x81 -> call(pop(2), true);
      case 'b' -> build(pop(1)[0]);
      case 'Q' -> stack.add(globals.persistent(pop(1)[0]));
      default ->
          throw new CheckpointException(
              String.format(
                  "pickle operation 0x%02x at byte %d is none that torch.save writes",
                  operation, in.position() - 1));
    }
  }

  private @Nullable Object result() {
    if (stack.size() != 1 || !marks.isEmpty()) {
      throw new CheckpointException("the pickle ends with " + stack.size() + " values, not one");
    }
    return stack.get(0);
  }

  private void call(@Nullable Object[] operands, boolean instantiate) {
    if (!isTuple(operands[1])) {
      throw new CheckpointException("the pickle calls something without an argument tuple");
    }
    @SuppressWarnings("unchecked") // every list on the stack holds such values
    List<@Nullable Object> arguments = (List<@Nullable Object>) operands[1];
    stack.add(
        instantiate
            ? globals.instantiate(operands[0], arguments)
            : globals.call(operands[0], arguments));
  }

  private void build(@Nullable Object state) {
    globals.build(top(), state);
  }

  private void append(@Nullable Object[] items) {
    if (!(top() instanceof ArrayList<?>)) {
      throw new CheckpointException("the pickle appends to what is not a list");
    }
    @SuppressWarnings("unchecked") // every list on the stack holds such values
    List<@Nullable Object> list = (List<@Nullable Object>) top();
    Collections.addAll(list, items);
  }

  private void setItems(@Nullable Object[] items) {
    if (!(top() instanceof LinkedHashMap<?, ?>) || items.length % 2 != 0) {
      throw new CheckpointException("the pickle sets items of what is not a dict");
    }
    @SuppressWarnings("unchecked") // every map on the stack holds such values
    Map<@Nullable Object, @Nullable Object> map = (Map<@Nullable Object, @Nullable Object>) top();
    for (int i = 0; i < items.length; i += 2) {
      map.put(key(items[i]), items[i + 1]);
    }
  }

  /** Scalars only: hashing a hostile nest of tuples would overflow the thread's stack. */
  private static @Nullable Object key(@Nullable Object key) {
    if (key == null || key instanceof String || key instanceof Number || key instanceof Boolean) {
      return key;
    }
    throw new CheckpointException("a dict has a key that is no string, number or boolean");
  }

  /** Pickles number their memo from 0 upwards; a gap would only serve to take memory. */
  private void memoize(int index) {
    if (index < 0 || index > memo.size()) {
      throw new CheckpointException(
          "the pickle stores memo " + index + ", expected at most " + memo.size());
    }
    if (index == memo.size()) {
      memo.add(top());
    } else {
      memo.set(index, top());
    }
  }

  private @Nullable Object recall(int index) {
    if (index < 0 || index >= memo.size()) {
      throw new CheckpointException("the pickle recalls memo " + index + " of " + memo.size());
    }
    return memo.get(index);
  }

  private @Nullable Object top() {
    if (stack.size() <= floor()) {
      throw new CheckpointException("the pickle uses a value that is not there");
    }
    return stack.get(stack.size() - 1);
  }

  private @Nullable Object[] pop(int count) {
    if (stack.size() - count < floor()) {
      throw new CheckpointException("the pickle uses a value that is not there");
    }
    return popFrom(stack.size() - count);
  }

  private @Nullable Object[] popToMark() {
    if (marks.isEmpty()) {
      throw new CheckpointException("the pickle uses a mark that is not there");
    }
    return popFrom(marks.remove(marks.size() - 1));
  }

  private @Nullable Object[] popFrom(int start) {
    List<@Nullable Object> tail = stack.subList(start, stack.size());
    @Nullable Object[] items = tail.toArray();
    tail.clear();
    return items;
  }

  /** Operations other than those that take a mark may not reach below it. */
  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private byte[] bytes(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new CheckpointException(
          "the pickle states a value of "
              + Integer.toUnsignedString(length)
              + " bytes, "
              + in.remaining()
              + " are left");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private String line() {
    byte[] line = new byte[MAX_LINE];
    for (int i = 0; i < MAX_LINE; i++) {
      line[i] = in.get();
      if (line[i] == '\n') {
        return new String(line, 0, i, UTF_8);
      }
    }
    throw new CheckpointException("the pickle has a name of over " + MAX_LINE + " bytes");
  }

  private static Number integer(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
    }
    BigInteger value = bigEndian.length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  private static List<@Nullable Object> tuple(@Nullable Object[] items) {
    return Collections.unmodifiableList(Arrays.asList(items));
  }

  private static boolean isTuple(@Nullable Object value) {
    return value instanceof List<?> && !(value instanceof ArrayList<?>);
  }
}
