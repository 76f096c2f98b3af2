package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.query.Answer;
import dev.heliograph.query.ArrayFormat;
import dev.heliograph.query.Artifact;
import dev.heliograph.query.FailureCode;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.HeatmapFormat;
import dev.heliograph.query.ImageGeometry;
import dev.heliograph.query.ModelPixels;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.query.Query;
import dev.heliograph.query.QueryFailedException;
import dev.heliograph.query.RgbImage;
import dev.heliograph.query.SaliencyMap;
import dev.heliograph.query.SaliencyMethod;
import dev.heliograph.testing.SpoiltArrays;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A pipeline's surroundings, by hand: images are texts ("bad" cannot be decoded), the model and the
 * store do as they are told, and everything is counted.
 */
final class FakePorts {
  static final int GALLERY_SIZE = 20;
  static final int SIDE = 4;

  final List<Integer> composeBatches = Collections.synchronizedList(new ArrayList<>());
  final List<Integer> explainBatches = Collections.synchronizedList(new ArrayList<>());
  final Map<String, EncodedObject> stored = new ConcurrentHashMap<>();
  final Map<String, byte[]> candidateFiles = new ConcurrentHashMap<>();

  /** Called before each forward pass with its size, and before each put with its key. */
  volatile Consumer<Integer> onCompose = size -> {};

  volatile Consumer<String> onPut = key -> {};
  volatile Consumer<String> onReference = uri -> {};
  volatile Consumer<Integer> onExplain = size -> {};
  volatile Runnable onRender = () -> {};

  final AtomicInteger decoded = new AtomicInteger();
  final AtomicInteger rendered = new AtomicInteger();

  /** What the gallery's index has for a row. */
  volatile IntFunction<Optional<SaliencyMap>> index = row -> Optional.empty();

  final List<URI> candidatesRead = Collections.synchronizedList(new ArrayList<>());

  final SpoiltArrays arrays = new SpoiltArrays();

  FakePorts() {
    for (int i = 0; i < GALLERY_SIZE; i++) {
      candidateFiles.put("image-" + i + ".png", text("candidate " + i));
    }
  }

  PipelinePorts ports() {
    return new PipelinePorts(
        new Model(),
        this::gallery,
        (uri, limit) -> {
          onReference.accept(uri.toString());
          return text("reference");
        },
        this::candidate,
        new Reader(),
        image ->
            new ModelPixels(
                new byte[3 * SIDE * SIDE],
                ImageGeometry.plan(image.width(), image.height(), SIDE, PreprocessType.CLIP)),
        new Renderer(),
        new Store(),
        (query, answer) -> document(query, answer),
        arrays);
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private final class Reader implements ImageReader {
    @Override
    public long pixels(byte[] bytes, long maxPixels) {
      return 16;
    }

    @Override
    public RgbImage read(byte[] bytes, long maxPixels) {
      decoded.incrementAndGet();
      return decode(bytes);
    }
  }

  private RgbImage decode(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.startsWith("bad")) {
      throw UnreadableImageException.unreadable("not an image", null);
    }
    if (text.startsWith("bomb")) {
      throw UnreadableImageException.tooLarge("60000 x 60000 pixels");
    }
    byte[] rgb = arrays.take(48);
    Arrays.fill(rgb, 0, 48, (byte) 0);
    return new RgbImage(4, 4, rgb);
  }

  /** An indexed map of an image of this size, which its first value tells apart. */
  static SaliencyMap indexed(int width, int height, float first) {
    return new SaliencyMap(
        SaliencyMethod.EXACT,
        2,
        2,
        new float[] {first, 1, 2, 3},
        ImageGeometry.plan(width, height, SIDE, PreprocessType.CLIP));
  }

  private byte[] candidate(URI uri, long limit) {
    candidatesRead.add(uri);
    String name = uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
    byte[] bytes = candidateFiles.get(name);
    if (bytes == null) {
      throw new ImageSourceException(ImageSourceException.Reason.NOT_FOUND, "no " + name);
    }
    return bytes;
  }

  private Gallery gallery(GalleryReference reference) {
    if (!reference.name().equals("world")) {
      throw new QueryFailedException(FailureCode.GALLERY_UNKNOWN, "gallery: no " + reference);
    }
    return gallery;
  }

  private final Gallery gallery =
      new Gallery() {
        @Override
        public GalleryDescription description() {
          return new GalleryDescription(
              "world",
              "1",
              "00",
              GALLERY_SIZE,
              2,
              "fake",
              Optional.of("11"),
              PreprocessType.CLIP,
              Optional.of(URI.create("file:///images/")));
        }

        @Override
        public List<List<Hit>> search(List<float[]> queryFeatures, List<Integer> topK) {
          List<List<Hit>> all = new ArrayList<>();
          for (int k : topK) {
            List<Hit> hits = new ArrayList<>();
            for (int i = 0; i < k; i++) {
              hits.add(new Hit(i, 1f - i / 100f));
            }
            all.add(hits);
          }
          return all;
        }

        @Override
        public Optional<SaliencyMap> explain(int index, float[] queryFeature) {
          return FakePorts.this.index.apply(index);
        }

        @Override
        public String imageName(int index) {
          return "image-" + index + ".png";
        }

        @Override
        public Optional<URI> imageUri(int index) {
          return Optional.of(URI.create("file:///images/" + imageName(index)));
        }
      };

  private static EncodedObject document(Query query, Answer answer) {
    return new EncodedObject(text(query.queryId() + answer.results().size()), "application/json");
  }

  private final class Model implements CompositionModel {
    @Override
    public ModelDescription description() {
      return new ModelDescription("fake", "11", "22", "searle", SIDE, 2, 2, "cpu", "float32");
    }

    @Override
    public Prompts tokenize(List<String> captions) {
      return new Prompts(List.of(new int[] {captions.get(0).length()}));
    }

    @Override
    public List<Composition> compose(List<CompositionRequest> batch) {
      composeBatches.add(batch.size());
      onCompose.accept(batch.size());
      return batch.stream()
          .map(r -> new Composition(new float[] {1, 0}, 3f, r.referenceSaliency().map(m -> grid())))
          .toList();
    }

    @Override
    public List<PatchRelevance> explain(List<CandidateRequest> batch) {
      explainBatches.add(batch.size());
      onExplain.accept(batch.size());
      return batch.stream().map(r -> grid()).toList();
    }

    private PatchRelevance grid() {
      return new PatchRelevance(2, 2, new float[] {0, 1, 2, 3}, 0.5f);
    }

    @Override
    public List<ExplainedImage> encodeExplained(List<ModelPixels> images) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<float[]> encode(List<ModelPixels> images) {
      return images.stream().map(i -> new float[] {1, 0}).toList();
    }

    @Override
    public void close() {}
  }

  private final class Renderer implements SaliencyRenderer {
    @Override
    public EncodedObject heatmap(RgbImage original, SaliencyMap map, HeatmapFormat format) {
      assertEquals(new RgbImage(4, 4, new byte[48]), original);
      return rendered(text("heatmap"), format.mediaType());
    }

    @Override
    public EncodedObject array(SaliencyMap map, ArrayFormat format) {
      return rendered(text("array"), format.mediaType());
    }

    private EncodedObject rendered(byte[] bytes, String mediaType) {
      rendered.incrementAndGet();
      onRender.run();
      byte[] array = arrays.take(bytes.length);
      System.arraycopy(bytes, 0, array, 0, bytes.length);
      return new EncodedObject(array, bytes.length, mediaType);
    }
  }

  private final class Store implements ObjectStore {
    @Override
    public Artifact put(String key, EncodedObject object) {
      onPut.accept(key);
      stored.put(key, new EncodedObject(object.bytes(), object.mediaType()));
      URI uri = URI.create("s3://artifacts/" + key);
      return new Artifact(uri, uri, "00", object.length(), object.mediaType());
    }

    @Override
    public void close() {}
  }
}
