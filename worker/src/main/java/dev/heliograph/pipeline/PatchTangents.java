package dev.heliograph.pipeline;

/**
 * How an image's normalised feature moves with each of its patches, in proportion to the patch's
 * weight: the matrix U for which max(0, U · t) is the image's {@link
 * dev.heliograph.query.SaliencyMethod#EXACT} saliency map for any query feature t. The array is
 * handed over: nobody writes to it afterwards.
 *
 * @param values rows × columns × dimension, patch by patch, row 0 at the top
 */
public record PatchTangents(int rows, int columns, float[] values) {}
