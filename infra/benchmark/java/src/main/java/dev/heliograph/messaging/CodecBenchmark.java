package dev.heliograph.messaging;

import dev.heliograph.benchmark.SampleAnswer;
import dev.heliograph.benchmark.StageBenchmark;
import dev.heliograph.events.QueryCompletion;
import dev.heliograph.events.codec.EventDecoder;
import dev.heliograph.events.codec.EventEncoder;
import dev.heliograph.events.codec.Framing;
import dev.heliograph.events.codec.MalformedEventException;
import dev.heliograph.events.codec.SchemaIdResolver;
import dev.heliograph.query.QueryOutcome;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** The largest event: a completion with ten results, four of them with maps and files. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBenchmark extends StageBenchmark {
  private final QueryOutcome outcome = SampleAnswer.completed();
  private final EventEncoder<QueryCompletion> encoder =
      EventEncoder.of(QueryCompletion.class, Framing.SINGLE_OBJECT, SchemaIdResolver.none());
  private final EventDecoder<QueryCompletion> decoder =
      new EventDecoder<>(QueryCompletion.class, SchemaIdResolver.none());
  private final byte[] bytes = encoder.encode(CompletionEvents.toEvent(outcome));

  @Benchmark
  public byte[] encode() {
    return encoder.encode(CompletionEvents.toEvent(outcome));
  }

  @Benchmark
  public QueryCompletion decode() throws MalformedEventException {
    return decoder.decode(bytes);
  }
}
