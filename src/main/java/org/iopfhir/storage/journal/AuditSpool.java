// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an access is written first beside an embedded H2: at the end of a file, a line each. A commit of H2 for one row
 * costs a third of the read that it tells of, since it looks at every tree of the database and writes a chunk of its file;
 * the end of a file costs next to nothing and is as safe, as the operating system has it before the answer leaves.
 * {@link AuditFiling} moves what is here into the database and numbers the files, so that each is moved once.
 */
final class AuditSpool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditSpool.class);

    /** Bytes of a file that is moved in one transaction. */
    private static final long LONGEST = 4L * 1024 * 1024;

    /** So long a file stays that has been moved: by then the database has been forced to the disk, whatever happens. */
    static final Duration KEPT = Duration.ofSeconds(5);

    private static final int CHECKSUM = 8;

    private final Path folder;
    private final String name;
    private final Duration kept;
    private final Map<Long, Long> moved = new HashMap<>();
    private @Nullable Open open;
    private long last;

    private AuditSpool(Path folder, String name, Duration kept, long last) {
        this.folder = folder;
        this.name = name;
        this.kept = kept;
        this.last = last;
    }

    /** The file that is written. */
    private record Open(Path path, FileOutputStream end) {}

    /** A file whose end is reached. */
    record Part(long number, List<AuditRow> rows, List<DisclosedRow> disclosed) {}

    /**
     * Begin to write.
     *
     * @param name  of the database, so that what another one left in the same folder is not taken for this one's
     * @param filed number of the last file that has been moved
     * @param kept  how long such a file stays, {@link #KEPT} but in tests
     */
    static AuditSpool open(Path folder, String name, long filed, Duration kept) throws IOException {
        AuditSpool spool = new AuditSpool(folder, name, kept, filed);
        spool.makeFolder();
        for (long number : spool.numbers()) {
            spool.last = Math.max(spool.last, number);
        }
        return spool;
    }

    /**
     * Write down {@code rows}, one at least, and what was disclosed by all of them together, both or none.
     *
     * @throws IOException when that is not possible; none of it counts then
     */
    void append(List<AuditRow> rows, List<DisclosedRow> disclosed) throws IOException {
        byte[] line = line(rows, disclosed);
        synchronized (this) {
            Open file = writable();
            try {
                file.end().write(line);
            } catch (IOException e) {
                // A half of it may be there, which nobody reads, but which nothing may follow.
                leave();
                throw e;
            }
        }
    }

    /** Force what was written to the disk. */
    void force() throws IOException {
        FileOutputStream end;
        synchronized (this) {
            end = open == null ? null : open.end();
        }
        if (end != null && end.getChannel().isOpen()) {
            end.getFD().sync();
        }
    }

    /** All that was written and not yet moved, the oldest first; what is written from now on comes into another file. */
    List<Part> after(long filed) throws IOException {
        synchronized (this) {
            leave();
        }
        List<Part> parts = new ArrayList<>();
        for (long number : numbers()) {
            if (number > filed && !isOpen(number)) {
                parts.add(read(number));
            }
        }
        return parts;
    }

    /** Delete what was first said to be moved a while ago. Not for several threads at once. */
    void forget(long filed) throws IOException {
        long now = System.nanoTime();
        for (long number : numbers()) {
            if (number <= filed && now - moved.computeIfAbsent(number, any -> now) >= kept.toNanos()) {
                Files.deleteIfExists(path(number));
                moved.remove(number);
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        leave();
    }

    private Open writable() throws IOException {
        Open now = open;
        if (now != null && Files.exists(now.path()) && now.end().getChannel().position() < LONGEST) {
            return now;
        }
        leave();
        makeFolder();
        Path path = path(last + 1);
        Open next = new Open(Files.createFile(path), new FileOutputStream(path.toFile(), true));
        last++;
        open = next;
        return next;
    }

    private void leave() throws IOException {
        Open left = open;
        open = null;
        if (left != null) {
            left.end().close();
        }
    }

    private synchronized boolean isOpen(long number) {
        return open != null && open.path().equals(path(number));
    }

    /** It tells who was a patient here: nobody else's business on this machine. */
    private void makeFolder() throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    private Path path(long number) {
        return folder.resolve(String.format(Locale.ROOT, "%s-%012d.log", name, number));
    }

    private List<Long> numbers() throws IOException {
        String start = name + "-";
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith(start) && file.endsWith(".log"))
                    .map(file -> Long.valueOf(file.substring(start.length(), file.length() - ".log".length())))
                    .sorted()
                    .toList();
        }
    }

    private static byte[] line(List<AuditRow> rows, List<DisclosedRow> disclosed) throws IOException {
        byte[] json = AuditLine.of(rows, disclosed);
        byte[] line = new byte[CHECKSUM + json.length + 1];
        byte[] checksum = checksum(json, 0, json.length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(checksum, 0, line, 0, CHECKSUM);
        System.arraycopy(json, 0, line, CHECKSUM, json.length);
        line[line.length - 1] = '\n';
        return line;
    }

    private static String checksum(byte[] bytes, int from, int length) {
        CRC32 sum = new CRC32();
        sum.update(bytes, from, length);
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private Part read(long number) throws IOException {
        Part part = new Part(number, new ArrayList<>(), new ArrayList<>());
        byte[] all;
        try {
            all = Files.readAllBytes(path(number));
        } catch (NoSuchFileException e) {
            LOG.error("audit-spool-file-gone number={}", number);
            return part;
        }
        int from = 0;
        for (int at = 0; at < all.length; at++) {
            if (all[at] == '\n') {
                add(all, from, at, part);
                from = at + 1;
            }
        }
        if (from < all.length) {
            // The server ended while it wrote this: its access was never answered.
            LOG.warn("audit-spool-line-unfinished number={}", number);
        }
        return part;
    }

    private static void add(byte[] all, int from, int end, Part part) throws IOException {
        int start = from + CHECKSUM;
        String said = end < start ? "" : new String(all, from, CHECKSUM, StandardCharsets.US_ASCII);
        if (!said.equals(end < start ? null : checksum(all, start, end - start))) {
            LOG.error("audit-spool-line-damaged number={}", part.number());
            return;
        }
        AuditLine.read(all, start, end - start, part.rows(), part.disclosed());
    }
}
