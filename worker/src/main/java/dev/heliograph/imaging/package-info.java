/**
 * Images in and out: decoding ({@link dev.heliograph.imaging.OpenCvImageReader}), the way to the
 * model's pixels ({@link dev.heliograph.imaging.ClipPreprocessor}) and overlays and arrays of
 * saliency maps ({@link dev.heliograph.imaging.OverlayRenderer}). OpenCV stays in here.
 */
@NullMarked
package dev.heliograph.imaging;

import org.jspecify.annotations.NullMarked;
