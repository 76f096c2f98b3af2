package dev.heliograph.app.models;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Weights that their authors publish. Hugging Face files are named by commit, so that they cannot
 * change. A digest stands here only where independent sources agree on it:
 *
 * <ul>
 *   <li>ViT-B/32 at commit 3d74acf9: digests as public repositories pin them for this commit; that
 *       of the weights is also Hugging Face's own name for the content (its LFS object id).
 *   <li>ViT-L/14 at commit 32bd6428: likewise.
 *   <li>ViT-B/16 and SEARLE's phi: none found. Who fetches them states a digest, or accepts the one
 *       that is printed.
 * </ul>
 */
public final class PublishedModels {
  private static final String CLIP_B32 =
      "openai/clip-vit-base-patch32/resolve/3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268/";
  private static final String CLIP_B16 =
      "openai/clip-vit-base-patch16/resolve/57c216476eefef5ab752ec549e440a49ae4ae5f3/";
  private static final String CLIP_L14 =
      "openai/clip-vit-large-patch14/resolve/32bd64288804d66eefd0ccbe215aa642df71cc41/";

  private static final List<PublishedModel> ALL =
      List.of(
          new PublishedModel(
              "clip-vit-base-patch32",
              "OpenAI's CLIP ViT-B/32, from Hugging Face",
              List.of(
                  pinned(
                      CLIP_B32,
                      "config.json",
                      "b575ef3c36f2a057fa19e221650105052d61cc9c1a972ec15019c6261ec98770"),
                  pinned(
                      CLIP_B32,
                      "vocab.json",
                      "5047b556ce86ccaf6aa22b3ffccfc52d391ea4accdab9c2f2407da5b742d4363"),
                  pinned(
                      CLIP_B32,
                      "merges.txt",
                      "f526393189112391ce6f9795d4695f704121ce452c3aad1f5335cc41337eba85"),
                  pinned(
                      CLIP_B32,
                      "tokenizer.json",
                      "b556ac8c99757ffb677208af34bc8c6721572114111a6e0aaf5fa69ff0b8d842"),
                  pinned(
                      CLIP_B32,
                      "pytorch_model.bin",
                      "a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f"))),
          new PublishedModel(
              "clip-vit-base-patch16",
              "OpenAI's CLIP ViT-B/16, from Hugging Face",
              List.of(
                  unpinned(CLIP_B16, "config.json"),
                  unpinned(CLIP_B16, "vocab.json"),
                  unpinned(CLIP_B16, "merges.txt"),
                  unpinned(CLIP_B16, "tokenizer.json"),
                  unpinned(CLIP_B16, "pytorch_model.bin"))),
          new PublishedModel(
              "clip-vit-large-patch14",
              "OpenAI's CLIP ViT-L/14, from Hugging Face",
              List.of(
                  pinned(
                      CLIP_L14,
                      "config.json",
                      "8a09b467700c58138c29d53c605b34ebc69beaadd13274a8a2af8ad2c2f4032a"),
                  pinned(
                      CLIP_L14,
                      "vocab.json",
                      "3f0c4f7d2086b61b38487075278ea9ed04edb53a03cbb045b86c27190fa8fb69"),
                  pinned(
                      CLIP_L14,
                      "merges.txt",
                      "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a"),
                  pinned(
                      CLIP_L14,
                      "tokenizer.json",
                      "a83e0809aa4c3af7208b2df632a7a69668c6d48775b3c3fe4e1b1199d1f8b8f4"),
                  pinned(
                      CLIP_L14,
                      "model.safetensors",
                      "a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb"))),
          phi("searle-phi-vit-b32", "SEARLE_ViT-B32.pt", "ViT-B/32"),
          phi("searle-phi-vit-l14", "SEARLE_ViT-L14.pt", "ViT-L/14"));

  private PublishedModels() {}

  public static List<PublishedModel> all() {
    return ALL;
  }

  /** By name, with or without {@code openai/} before it. */
  public static Optional<PublishedModel> find(String name) {
    String bare = name.startsWith("openai/") ? name.substring("openai/".length()) : name;
    return ALL.stream().filter(model -> model.name().equals(bare)).findFirst();
  }

  private static PublishedFile pinned(String folder, String file, String sha256) {
    return unpinned(folder, file).withSha256(sha256);
  }

  private static PublishedFile unpinned(String folder, String file) {
    return new PublishedFile(
        file, URI.create("https://huggingface.co/" + folder + file), Optional.empty());
  }

  /** The address is the one in SEARLE's own {@code hubconf.py}. */
  private static PublishedModel phi(String name, String file, String backbone) {
    String url = "https://github.com/miccunifi/SEARLE/releases/download/weights/" + file;
    return new PublishedModel(
        name,
        "SEARLE's textual inversion network for CLIP " + backbone + ", from its GitHub release",
        List.of(new PublishedFile(file, URI.create(url), Optional.empty())));
  }
}
