package dev.heliograph.pipeline;

/**
 * What a pipeline works with. All stay open: whoever opened them closes them after the pipeline.
 *
 * @param references reads what queries name: restricted to allowed buckets
 * @param candidates reads what galleries name: restricted to their image roots
 * @param arrays where reader and renderer have large arrays from, and are to find them again
 */
public record PipelinePorts(
    CompositionModel model,
    GalleryCatalog galleries,
    ImageSource references,
    ImageSource candidates,
    ImageReader reader,
    Preprocessor preprocessor,
    SaliencyRenderer renderer,
    ObjectStore store,
    ResultDocumentWriter documents,
    ByteArrays arrays) {}
