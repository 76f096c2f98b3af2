package dev.heliograph.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.testing.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to run something, or to take all memory: refused in one line. */
class HostileTorchFileTest {
  private static final String HEAD = "\u0080\u0002";

  private static final String STORAGE =
      "((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0" + "0X\u0003\0\0\0cpuK\u0003tQ";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "GLOBAL,     'cos\nsystem\n.',                                   os.system",
    "REDUCE,     'cposix\nsystem\nX\u0004\0\0\0true\u0085R.',         posix.system",
    "built-in,   'c__builtin__\neval\n.',                            __builtin__.eval",
    "INST,       '(X\u0004\0\0\0trueios\nsystem\n.',                 operation 0x69",
    "OBJ,        '(cos\nsystem\no.',                                 os.system",
    "NEWOBJ,     'csubprocess\nPopen\n)\u0081.',                     subprocess.Popen",
    "NEWOBJ_EX,  ')}\u0092.',                                        operation 0x92",
    "STACK,      'X\u0002\0\0\0osX\u0006\0\0\0system\u0093.',        operation 0x93",
    "dotted,     'ctorch\n_utils._rebuild_tensor_v2.__globals__\n.', __globals__",
    "loader,     'ctorch.storage\n_load_from_bytes\n.',              _load_from_bytes",
    "EXT1,       '\u0082\u0001.',                                    operation 0x82",
    "PERSID,     'Pos.system\n.',                                    operation 0x50",
    "getattr,    'cbuiltins\ngetattr\n.',                            builtins.getattr",
    "script,     'c__torch__\nos.system\n)\u0081.',                  __torch__.os.system",
    "build,      'c__torch__.A\nB\n)\u0081Nb.',                    sets a state",
  })
  void refusesEveryWayToName(String way, String pickle, String complaint) throws IOException {
    assertRefused(pickle, complaint);
  }

  @Test
  void aTorchScriptClassIsNothingButItsAttributes() throws IOException {
    assertRefused("c__torch__.os\nsystem\nX\u0004\0\0\0true\u0085R.", "not a function");
    assertRefused("c__torch__.os\nsystem\nX\u0004\0\0\0true\u0085\u0081.", "no TorchScript class");
    assertRefused("c__torch__.os\nsystem\n.", "no tensor, container or scalar");
  }

  @ParameterizedTest
  @CsvSource({
    "text longer than the file, 'X\u00ff\u00ff\u00ff\u007fabc.',  2147483647 bytes",
    "text of negative length,   'X\u00ff\u00ff\u00ff\u00ffabc.',  4294967295 bytes",
    "memo with a gap,           'Nr\u00ff\u00ff\u00ff\u007f.',    memo 2147483647",
    "memo that is not there,    'j\u0001\0\0\0.',                 memo 1 of 0",
    "mark that is not there,    't.',                             mark that is not there",
    "empty stack,               '.',                              0 values",
    "two values,                'NN.',                            2 values",
    "open mark,                 '(N.',                            1 values",
    "reaching below a mark,     'N(\u0085.',                      value that is not there",
    "cut short,                 'NN',                             cut short",
    "append to a tuple,         ')Na.',                           not a list",
    "items of a list,           ']NNs.',                          not a dict",
    "odd items,                 '}(NNNu.',                        not a dict",
    "list as a key,             '}]Ns.',                          key that is no string",
    "cycle,                     ']q\0h\0a.',                      in a cycle",
    "call with a list,          'ctorch\nSize\n]R.',              without an argument tuple",
    "size of text,              'ctorch\nSize\nX\0\0\0\0\u0085\u0085R.', no integers",
    "storage as a value,        'ctorch\nFloatStorage\n.',        no tensor",
    "foreign persistent id,     'NQ.',                            persistent id",
    "endless name,              'c%s',                            name of over 512",
  })
  void refusesADamagedPickle(String what, String pickle, String complaint) throws IOException {
    assertRefused(pickle.replace("%s", "a".repeat(600)), complaint);
  }

  @ParameterizedTest
  @CsvSource({
    "beyond the storage,   'K\u0001',             'K\u0003\u0085',  'K\u0001\u0085', ends at element 4",
    "negative offset,      'J\u00ff\u00ff\u00ff\u00ff', 'K\u0001\u0085', 'K\u0001\u0085', negative",
    "negative stride,      'K\u0002',             'K\u0002\u0085',  'J\u00ff\u00ff\u00ff\u00ff\u0085', negative",
    "negative size,        'K\0',                 'J\u00ff\u00ff\u00ff\u00ff\u0085', 'K\u0001\u0085', negative",
    "strides missing,      'K\0',                 'K\u0001\u0085',  ')',             0 strides",
    "expanded over memory, 'K\0',   'J\0\0\0\u0040\u0085',          'K\0\u0085',     expands a storage",
    "size out of range,    'K\0',   '\u008a\u0008\0\0\0\0\0\0\0\u0070K\u0008\u0086', 'K\0K\0\u0086', out of range",
    "stride out of range,  'K\0',   'K\u0003\u0085', '\u008a\u0008\0\0\0\0\0\0\0\u0070\u0085', out of range",
    "offset out of range,  '\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f', 'K\u0001\u0085', 'K\u0001\u0085', out of range"
  })
  void refusesATensorOutsideItsStorage(
      String what, String offset, String shape, String strides, String complaint)
      throws IOException {
    assertRefused(
        "ctorch._utils\n_rebuild_tensor_v2\n" + STORAGE + offset + shape + strides + "\u0089)tR.",
        complaint);
  }

  @Test
  void refusesAStorageThatIsMissingOrOfAnotherSize() throws IOException {
    assertRefused(STORAGE.replace("0X", "7X").substring(1) + ".", "no storage \"7\"");
    assertRefused(
        STORAGE.replace("K\u0003", "K\u0004").substring(1) + ".", "stated are 4 elements");
    assertRefused(
        STORAGE
                .replace("0X", "0X")
                .replace("X\u0001\0\0\0" + "0", "X\u0008\0\0\0../../ab")
                .substring(1)
            + ".",
        "no storage");
  }

  @Test
  void boundsNestingAndSharedNests() throws IOException {
    assertRefused("]".repeat(200) + "a".repeat(199) + ".", "nested over 100 deep");
    assertRefused(")" + "\u0085".repeat(1_000_000) + ".", "nested over 100 deep");
    // a list of two lists of two lists …, each level stored once: 2^60 values
    StringBuilder laughs = new StringBuilder("]q\0");
    for (int level = 1; level < 60; level++) {
      String previous = "h" + (char) (level - 1);
      laughs.append("](").append(previous).append(previous).append("eq").append((char) level);
    }
    assertRefused("(" + laughs + "t.", "values");
    // deep only through a part that was met before
    StringBuilder chained = new StringBuilder("(]q\0");
    for (int part = 1; part < 20; part++) {
      chained.append("h").append((char) (part - 1)).append("\u0085".repeat(60));
      chained.append("q").append((char) part);
    }
    assertRefused(chained + "t.", "nested over 100 deep");
  }

  @Test
  void boundsTheNumberOfOperations() throws IOException {
    assertRefused("N0", "operation 0x30");
    assertRefused("N(".repeat(PickleReader.MAX_OPERATIONS / 2) + ".", "operations");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deflated", "two pickles", "no pickle", "big-endian"})
  void refusesAnArchiveThatTorchWouldNotWrite(String what) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", latin(HEAD + "N."));
    entries.put("a/byteorder", latin("little"));
    switch (what) {
      case "two pickles" -> entries.put("b/data.pkl", latin(HEAD + "N."));
      case "no pickle" -> entries.remove("a/data.pkl");
      case "big-endian" -> entries.put("a/byteorder", latin("big"));
      default -> entries.put("a/data.pkl", new byte[1 << 20]);
    }
    int method = what.equals("deflated") ? ZipOutputStream.DEFLATED : ZipOutputStream.STORED;
    Path file = zip(entries, method);

    assertThrows(CheckpointException.class, () -> TorchFile.read(file));
  }

  @Test
  void refusesAnArchiveCutAtAnyByte() throws IOException {
    byte[] whole = Files.readAllBytes(Golden.path("containers/views.pt"));
    Path file = folder.resolve("cut.pt");
    for (int length = 0; length < whole.length; length += length < 2000 ? 97 : 1) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(CheckpointException.class, () -> TorchFile.read(file));
    }
  }

  @Test
  void refusesEntriesThatOverlap() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", latin(HEAD + "N."));
    entries.put("a/data.pkm", latin(HEAD + "N."));
    byte[] bytes = Files.readAllBytes(zip(entries, ZipOutputStream.STORED));
    // the second entry takes the first one's header, and its name with it
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = zip.getInt(bytes.length - 6);
    int second = directory + 46 + "a/data.pkl".length();
    zip.putInt(second + 42, 0);
    zip.put(second + 46 + "a/data.pk".length(), (byte) 'l');
    Path same = Files.write(folder.resolve("same.pt"), bytes);
    assertThrows(CheckpointException.class, () -> TorchFile.read(same));

    bytes = Files.readAllBytes(zip(entries, ZipOutputStream.STORED));
    zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    zip.putInt(directory + 20, 30).putInt(directory + 24, 30);
    Path overlapping = Files.write(folder.resolve("overlapping.pt"), bytes);
    var e = assertThrows(CheckpointException.class, () -> TorchFile.read(overlapping));
    assertTrue(e.getMessage().contains("overlaps"), e.getMessage());
  }

  @Test
  void refusesOrReadsEveryRandomPickle() throws IOException {
    Random random = new Random(20261125);
    byte[] operations = latin("N\u0088\u0089KMX]})(t\u0085\u0086\u0087aesuqhcRb\u0081Q.0\u008a");
    for (int round = 0; round < 3000; round++) {
      ByteArrayOutputStream pickle = new ByteArrayOutputStream();
      pickle.writeBytes(latin(HEAD));
      for (int i = random.nextInt(40); i >= 0; i--) {
        pickle.write(operations[random.nextInt(operations.length)]);
        if (random.nextInt(3) == 0) {
          pickle.write(random.nextInt(4));
        }
      }
      pickle.write('.');
      try {
        PickleReader.read(
            ByteBuffer.wrap(pickle.toByteArray()),
            new TorchGlobals(
                ZipArchive.open(MappedFile.open(Golden.path("containers/views.pt"))), "views/"));
      } catch (CheckpointException expected) {
        assertFalse(expected.getMessage().isEmpty());
      }
    }
  }

  private void assertRefused(String pickle, String complaint) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("a/data.pkl", latin(HEAD + pickle));
    entries.put("a/data/0", new byte[12]);
    Path file = zip(entries, ZipOutputStream.STORED);

    var e = assertThrows(CheckpointException.class, () -> TorchFile.read(file));

    assertTrue(e.getMessage().contains(complaint), e.getMessage());
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
  }

  private Path zip(Map<String, byte[]> entries, int method) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(method);
      for (Map.Entry<String, byte[]> content : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(content.getKey());
        CRC32 crc = new CRC32();
        crc.update(content.getValue());
        entry.setCrc(crc.getValue());
        entry.setSize(content.getValue().length);
        zip.putNextEntry(entry);
        zip.write(content.getValue());
        zip.closeEntry();
      }
    }
    return Files.write(folder.resolve("hostile.pt"), bytes.toByteArray());
  }

  private static byte[] latin(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
