/**
 * CLIP's vision and text towers, phi, the composed query and Grad-ECLIP on DJL's PyTorch engine.
 *
 * <p>Entry points: {@link dev.heliograph.inference.ClipCompositionModel}, opened from a {@link
 * dev.heliograph.inference.ClipModelConfig}. DJL types do not leave this package.
 *
 * <p>Names are the papers': x is a hidden state, q, k and v are query, key and value rows, o is the
 * attention's output before {@code out_proj}. Dimensions: B images or prompts, T tokens, W the
 * tower's width, H heads, D the joint space, N patches.
 */
@NullMarked
package dev.heliograph.inference;

import org.jspecify.annotations.NullMarked;
