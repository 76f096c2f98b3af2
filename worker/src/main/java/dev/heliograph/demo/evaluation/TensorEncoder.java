package dev.heliograph.demo.evaluation;

import dev.heliograph.query.ModelPixels;
import java.util.List;

/** Encodes what no 8-bit image can hold: inputs whose patches were replaced by the mean colour. */
public interface TensorEncoder {
  /** The model's input for an image: 3 × side × side, RGB planes, normalised; 0 is the mean. */
  float[] normalised(ModelPixels image);

  /** Normalised image features of such inputs, in order. */
  List<float[]> encodeNormalised(List<float[]> tensors);
}
