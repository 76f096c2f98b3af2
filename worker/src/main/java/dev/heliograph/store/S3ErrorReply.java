package dev.heliograph.store;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Looks at replies before the SDK does. A reply that means "not now" becomes an {@link IOException}
 * that names its status, also where a proxy's HTML in its body would hide the status from callers
 * of the SDK. Other refusals go on to the SDK with a bounded body: it would read an endless one.
 */
final class S3ErrorReply implements Interceptor {
  private static final long MAX_BODY_BYTES = 64 * 1024;
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]{1,64})</Code>");

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    if (response.isSuccessful()) {
      return response;
    }
    ResponseBody head;
    try (response) {
      head = response.peekBody(MAX_BODY_BYTES);
    }
    if (meansNotNow(response.code())) {
      Matcher code = CODE.matcher(head.string());
      throw new IOException("HTTP " + response.code() + (code.find() ? " " + code.group(1) : ""));
    }
    return response.newBuilder().body(head).build();
  }

  /** Timeouts, too many requests, and every fault of the server but "not implemented". */
  private static boolean meansNotNow(int status) {
    return status == 408 || status == 429 || (status >= 500 && status != 501);
  }
}
