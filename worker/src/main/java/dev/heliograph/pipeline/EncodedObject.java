package dev.heliograph.pipeline;

/** Bytes ready to be stored. The array is handed over: nobody writes to it afterwards. */
public record EncodedObject(byte[] bytes, String mediaType) {
  @Override
  public String toString() {
    return "EncodedObject[" + bytes.length + " bytes, " + mediaType + "]";
  }
}
