package dev.heliograph.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate for 127.0.0.1, made by the JDK's keytool for one test: it signs itself, so it is
 * its own authority.
 *
 * @param keyStore PKCS #12
 * @param authority PEM
 */
public record TestCertificate(Path keyStore, Path authority, String password) {

  public static TestCertificate create(Path folder) throws IOException, InterruptedException {
    Path store = folder.resolve("server.p12");
    Path pem = folder.resolve("server.pem");
    String password = "keystore-password";
    keytool(
        store,
        password,
        List.of(
            "-genkeypair",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "san=ip:127.0.0.1",
            "-validity",
            "2",
            "-storetype",
            "PKCS12"));
    keytool(store, password, List.of("-exportcert", "-rfc", "-file", pem.toString()));
    return new TestCertificate(store, pem, password);
  }

  private static void keytool(Path store, String password, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(List.of("-alias", "server", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", password));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException("keytool: " + output);
    }
  }
}
