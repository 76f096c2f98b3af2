package dev.heliograph.engine;

import dev.heliograph.gallery.ExactSearch;
import dev.heliograph.gallery.FileGallery;
import dev.heliograph.gallery.GalleryFolder;
import dev.heliograph.gallery.ModelFit;
import dev.heliograph.gallery.TorchDatabase;
import dev.heliograph.imaging.ClipPreprocessor;
import dev.heliograph.imaging.OpenCvImageReader;
import dev.heliograph.imaging.OverlayRenderer;
import dev.heliograph.inference.ClipCompositionModel;
import dev.heliograph.inference.ClipModelConfig;
import dev.heliograph.inference.DeviceChoice;
import dev.heliograph.inference.EvalType;
import dev.heliograph.inference.Precision;
import dev.heliograph.pipeline.ArrayPool;
import dev.heliograph.pipeline.ByteArrays;
import dev.heliograph.pipeline.Gallery;
import dev.heliograph.pipeline.GalleryCatalog;
import dev.heliograph.pipeline.ImageSource;
import dev.heliograph.pipeline.ImageSourceException;
import dev.heliograph.pipeline.ObjectStore;
import dev.heliograph.pipeline.PipelineConfig;
import dev.heliograph.pipeline.PipelineObserver;
import dev.heliograph.pipeline.PipelinePorts;
import dev.heliograph.pipeline.QueryPipeline;
import dev.heliograph.pipeline.WorkerIdentity;
import dev.heliograph.query.GalleryReference;
import dev.heliograph.query.PreprocessType;
import dev.heliograph.store.FolderObjectStore;
import dev.heliograph.store.GalleryImageSource;
import dev.heliograph.store.S3Connection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Configures and opens a {@link Heliograph}. What is needed is a model, galleries ({@link
 * #galleries} or {@link #database}) and, for queries that want artifacts, a place for them ({@link
 * #saveTo} or {@link #store}). Not thread-safe.
 */
public final class HeliographBuilder {
  /** Device memory that galleries may take on a GPU. */
  private static final long RESIDENT_GALLERY_BYTES = 8L << 30;

  private final ClipModelConfig.Builder model;
  private PreprocessType preprocess = PreprocessType.TARGETPAD;
  private @Nullable Path galleries;
  private @Nullable Path database;
  private @Nullable URI databaseImages;
  private @Nullable ObjectStore store;
  private long heatmapPixels = Long.MAX_VALUE;
  private ImageSource references = HeliographBuilder::noReferences;
  private Optional<S3Connection> candidates = Optional.empty();
  private PipelineConfig pipeline = PipelineConfig.defaults();
  private WorkerIdentity worker = new WorkerIdentity("library", "unpackaged");
  private Clock clock = Clock.systemUTC();
  private PipelineObserver observer = PipelineObserver.NONE;
  private LongFunction<ByteArrays> arrays = ArrayPool::new;

  HeliographBuilder(Path modelFolder, Path phi) {
    this.model = ClipModelConfig.builder(modelFolder).phi(phi);
  }

  /** The model's name in provenance, instead of its folder's. */
  public HeliographBuilder modelName(String name) {
    model.name(name);
    return this;
  }

  /** Which CLIP and phi belong together; {@link EvalType#PHI} by default. */
  public HeliographBuilder evalType(EvalType evalType) {
    model.evalType(evalType);
    return this;
  }

  public HeliographBuilder preprocess(PreprocessType type) {
    this.preprocess = type;
    return this;
  }

  public HeliographBuilder device(DeviceChoice device) {
    model.device(device);
    return this;
  }

  /** {@link Precision#FLOAT32} by default; {@code model precision} says what another one costs. */
  public HeliographBuilder precision(Precision precision) {
    model.precision(precision);
    return this;
  }

  /** Threads of one CPU operation; one per core by default. */
  public HeliographBuilder threads(int threads) {
    model.threads(threads);
    return this;
  }

  /** A folder of galleries, as {@code gallery build} makes them; queries name one of them. */
  public HeliographBuilder galleries(Path folder) {
    this.galleries = folder;
    return this;
  }

  /**
   * One {@code .pt} database as the only gallery, whatever queries call it.
   *
   * @param images the folder its names are below, instead of the one it names itself
   */
  public HeliographBuilder database(Path file, Optional<Path> images) {
    this.database = file;
    this.databaseImages = images.map(path -> path.toAbsolutePath().toUri()).orElse(null);
    return this;
  }

  /** Saves artifacts as files below a folder, which is created if absent. */
  public HeliographBuilder saveTo(Path folder) {
    return store(new FolderObjectStore(folder));
  }

  /** Saves artifacts in a store, which stays the caller's to close. */
  public HeliographBuilder store(ObjectStore store) {
    this.store = store;
    return this;
  }

  /** Width × height of a heatmap at most: of larger images it is smaller. Unlimited by default. */
  public HeliographBuilder heatmapPixels(long limit) {
    this.heatmapPixels = limit;
    return this;
  }

  /** Where located references are read from; without it, references must be inline. */
  public HeliographBuilder references(ImageSource references) {
    this.references = references;
    return this;
  }

  /** How galleries with {@code s3:} image roots read their candidates. Stays the caller's. */
  public HeliographBuilder candidates(S3Connection connection) {
    this.candidates = Optional.of(connection);
    return this;
  }

  public HeliographBuilder pipeline(PipelineConfig config) {
    this.pipeline = config;
    return this;
  }

  /**
   * Shows the model JPEG images through a reduced decode: several times faster for large ones, and
   * not quite the same pixels. To be called after {@link #pipeline}, which says so too.
   */
  public HeliographBuilder fastIngest() {
    this.pipeline = pipeline.withFastIngest(true);
    return this;
  }

  public HeliographBuilder worker(WorkerIdentity identity) {
    this.worker = identity;
    return this;
  }

  public HeliographBuilder clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /** Who hears what the pipeline does; nobody by default. */
  public HeliographBuilder observer(PipelineObserver observer) {
    this.observer = observer;
    return this;
  }

  /** Where large arrays come from, by how many bytes may wait unused. */
  HeliographBuilder arrays(LongFunction<ByteArrays> pool) {
    this.arrays = pool;
    return this;
  }

  /**
   * Begins to load native libraries, which takes a second or two: {@link #open} waits so much less.
   * Nothing has to be closed, and what cannot be loaded is {@link #open}'s to report.
   */
  public HeliographBuilder prepare() {
    ClipModelConfig config = model.build();
    var unused = CompletableFuture.runAsync(() -> ClipCompositionModel.prepare(config));
    prepareImages();
    return this;
  }

  /** The image library takes a second to load. Should it fail, it fails again where it is used. */
  private static void prepareImages() {
    var unused = CompletableFuture.runAsync(OpenCvImageReader::new);
  }

  /**
   * Loads the model; takes as long as reading its files.
   *
   * @throws dev.heliograph.inference.ModelFileException if model or phi cannot be used
   * @throws dev.heliograph.gallery.GalleryException if the database cannot be used
   */
  public Heliograph open() {
    prepareImages(); // alongside the model, which takes longer
    ClipModelConfig config = model.build();
    ClipCompositionModel opened =
        PassingThread.run("heliograph-model", () -> ClipCompositionModel.open(config));
    ExactSearch search = null;
    try {
      String device = opened.description().device();
      search =
          PassingThread.run(
              "heliograph-search", () -> ExactSearch.on(device, RESIDENT_GALLERY_BYTES));
      RootedCatalog catalog = new RootedCatalog(catalog(opened, search));
      ByteArrays shared = arrays.apply(pipeline.imageMemory() / 2);
      PipelinePorts ports =
          new PipelinePorts(
              opened,
              catalog,
              references,
              new GalleryImageSource(catalog::roots, candidates),
              new OpenCvImageReader(shared),
              new ClipPreprocessor(opened.description().side(), preprocess),
              new OverlayRenderer(heatmapPixels, shared),
              store == null ? new NoObjectStore() : store,
              new ResultDocuments(),
              shared);
      return new Heliograph(
          opened,
          search,
          catalog,
          new QueryPipeline(ports, pipeline, worker, clock, observer),
          new Computation.Ingest(preprocess, pipeline.fastIngest()),
          worker);
    } catch (RuntimeException e) {
      if (search != null) {
        search.close();
      }
      opened.close();
      throw e;
    }
  }

  private GalleryCatalog catalog(ClipCompositionModel opened, ExactSearch search) {
    if (database != null) {
      FileGallery file = TorchDatabase.open(database).openGallery(search);
      ModelFit.check(file.description(), opened.description(), preprocess);
      FileGallery gallery = databaseImages == null ? file : file.withImageRoot(databaseImages);
      return reference -> gallery;
    }
    if (galleries != null) {
      return new GalleryFolder(galleries, opened.description(), preprocess, search);
    }
    throw new IllegalStateException("neither galleries nor a database were given");
  }

  private static byte[] noReferences(URI uri, long maxBytes) {
    throw new ImageSourceException(
        ImageSourceException.Reason.FORBIDDEN,
        uri + ": no bucket is allowed for references; send the image inline");
  }

  /** Remembers the image roots of the galleries given out: candidates are read below them only. */
  private record RootedCatalog(GalleryCatalog catalog, Set<URI> roots) implements GalleryCatalog {
    RootedCatalog(GalleryCatalog catalog) {
      this(catalog, ConcurrentHashMap.newKeySet());
    }

    @Override
    public Gallery find(GalleryReference reference) {
      Gallery gallery = catalog.find(reference);
      gallery.description().imageRoot().ifPresent(roots::add);
      return gallery;
    }
  }
}
