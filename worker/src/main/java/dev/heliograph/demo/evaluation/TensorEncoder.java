package dev.heliograph.demo.evaluation;

import java.util.List;

/** Encodes what no 8-bit image can hold: inputs whose patches were replaced by the mean colour. */
public interface TensorEncoder {
  /**
   * Normalised image features, one per input, in order.
   *
   * @param chw CLIP-normalised RGB, 3 × side × side, channels first; mean colour is 0
   */
  List<float[]> encodeNormalised(List<float[]> chw);
}
