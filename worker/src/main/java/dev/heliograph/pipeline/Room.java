package dev.heliograph.pipeline;

/** Whether there is memory for an image: asked when its size is known and nothing is decoded. */
interface Room {
  /**
   * Returns if so many bytes may be allocated.
   *
   * @throws NoRoomException if not now
   * @throws UnreadableImageException if never: the image is not the one that room was made for
   */
  void require(long bytes);

  /** Room that was reserved for an image that has been read before. */
  static Room reserved(long reserved) {
    return bytes -> {
      if (bytes > reserved) {
        throw UnreadableImageException.unreadable("the image has changed meanwhile", null);
      }
    };
  }

  /** To be tried again when so many bytes are reserved. */
  final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long bytes;

    NoRoomException(long bytes) {
      super("no room for an image of " + bytes + " bytes", null, false, false);
      this.bytes = bytes;
    }

    long bytes() {
      return bytes;
    }
  }
}
