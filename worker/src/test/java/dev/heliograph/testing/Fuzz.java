package dev.heliograph.testing;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds damaged files to a parser, which must return or throw one of the exceptions that it
 * documents, in one line, soon, and without taking much memory for a small file. What goes wrong is
 * kept in {@code target/fuzz}, and its number and seed are in the failure.
 *
 * <p>Each parser gets some thousand mutants, the same each time. {@code
 * -Dheliograph.fuzz.seconds=60} lets each go on for so long instead, {@code
 * -Dheliograph.fuzz.seed=7} makes other mutants.
 */
public final class Fuzz {
  /** What is tried. */
  public interface Parser {
    void parse(byte[] bytes) throws Exception;
  }

  /**
   * @param read mutants that the parser took
   * @param refused mutants that it refused
   */
  public record Result(int read, int refused) {}

  private static final Logger LOG = LoggerFactory.getLogger(Fuzz.class);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long SEED = Long.getLong("heliograph.fuzz.seed", 20261128L);
  private static final int SECONDS = Integer.getInteger("heliograph.fuzz.seconds", 0);

  /** Of one mutant; far above what any takes on a busy machine. */
  private static final Duration HANG = Duration.ofSeconds(30);

  /** What parsing may allocate altogether, garbage included: so much, and so often the file. */
  private static final long MAX_ALLOCATION = 64L << 20;

  private static final int MAX_ALLOCATION_FACTOR = 200;
  private static final int MAX_MESSAGE = 1000;

  private final String name;
  private final List<byte[]> corpus = new ArrayList<>();
  private final List<Class<? extends Exception>> documented = new ArrayList<>();
  private List<String> tokens = List.of();
  private UnaryOperator<byte[]> repair = UnaryOperator.identity();
  private int mutants = 2_000;
  private boolean soundIsRead = true;

  private volatile int current;
  private volatile long startedNanos;

  private Fuzz(String name) {
    this.name = name;
  }

  /**
   * @param name of the format, for messages
   */
  public static Fuzz of(String name) {
    return new Fuzz(name);
  }

  /** Sound files, which are read as they are first. */
  public Fuzz corpus(byte[]... files) {
    return corpus(Arrays.asList(files));
  }

  public Fuzz corpus(Collection<byte[]> files) {
    corpus.addAll(files);
    return this;
  }

  /** Pieces of the format that are inserted at random. */
  public Fuzz tokens(String... pieces) {
    this.tokens = List.of(pieces);
    return this;
  }

  /** Puts checksums right again, half of the time, so that what is behind them is reached. */
  public Fuzz repair(UnaryOperator<byte[]> repair) {
    this.repair = repair;
    return this;
  }

  /** What the parser may throw. */
  @SafeVarargs
  public final Fuzz allowing(Class<? extends Exception>... exceptions) {
    for (Class<? extends Exception> exception : exceptions) {
      documented.add(exception);
    }
    return this;
  }

  /** How many mutants an ordinary run tries. */
  public Fuzz mutants(int mutants) {
    this.mutants = mutants;
    return this;
  }

  /** The files of the corpus may be refused as they are. */
  public Fuzz acceptsRefusals() {
    this.soundIsRead = false;
    return this;
  }

  /** Tries the corpus, then mutants of it. */
  public Result run(Parser parser) {
    if (soundIsRead) {
      corpus.forEach(sound -> readSound(parser, sound));
    }
    Run run = new Run(parser);
    Thread thread = new Thread(run, "fuzz " + name);
    thread.setDaemon(true);
    startedNanos = System.nanoTime();
    thread.start();
    watch(thread);
    if (run.failure != null) {
      throw run.failure;
    }
    LOG.info("{}: seed {}, {} read, {} refused", name, SEED, run.read, run.refused);
    return new Result(run.read, run.refused);
  }

  private void readSound(Parser parser, byte[] sound) {
    try {
      parser.parse(sound.clone());
    } catch (Exception e) {
      throw new AssertionError(name + ": a sound file is refused", e);
    }
  }

  private void watch(Thread thread) {
    try {
      while (thread.isAlive()) {
        thread.join(500);
        if (thread.isAlive() && System.nanoTime() - startedNanos > HANG.toNanos()) {
          AssertionError hang = new AssertionError(describe("hangs"));
          hang.setStackTrace(thread.getStackTrace());
          throw hang;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private byte[] mutant(int number) {
    byte[] mutant = new Mutator(SEED + name.hashCode(), corpus, tokens).mutant(number);
    return number % 2 == 0 ? repair.apply(mutant) : mutant;
  }

  private String describe(String what) {
    Path file = Path.of("target", "fuzz", name.replaceAll("\\W+", "-") + "-" + current);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, mutant(current));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return String.format("%s: mutant %d of seed %d %s, see %s", name, current, SEED, what, file);
  }

  private final class Run implements Runnable {
    private final Parser parser;
    private final long begin = System.nanoTime();
    private int read;
    private int refused;
    private volatile @Nullable AssertionError failure;

    Run(Parser parser) {
      this.parser = parser;
    }

    @Override
    public void run() {
      while (failure == null && isWanted()) {
        byte[] bytes = mutant(current);
        startedNanos = System.nanoTime();
        attempt(bytes);
        current++;
      }
    }

    private boolean isWanted() {
      return SECONDS == 0
          ? current < mutants
          : System.nanoTime() - begin < Duration.ofSeconds(SECONDS).toNanos();
    }

    private void attempt(byte[] bytes) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        parser.parse(bytes);
        read++;
      } catch (Throwable e) {
        refused++;
        if (!isDocumented(e)) {
          failure = new AssertionError(describe("ends in " + e), e);
        }
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      long allowed = MAX_ALLOCATION + (long) MAX_ALLOCATION_FACTOR * bytes.length;
      if (failure == null && allocated > allowed) {
        String what = "of " + bytes.length + " bytes allocates " + allocated + " bytes";
        failure = new AssertionError(describe(what));
      }
    }

    private boolean isDocumented(Throwable e) {
      String message = String.valueOf(e.getMessage());
      return documented.stream().anyMatch(type -> type.isInstance(e))
          && !message.isBlank()
          && message.lines().count() == 1
          && message.length() <= MAX_MESSAGE;
    }
  }
}
