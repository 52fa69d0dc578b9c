// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;

/** Reads a body into memory, unpacks it on the way, and stops at the first byte over a limit. */
final class BodyReader {

    private static final int CHUNK = 16 * 1024;

    /** Below this, a high ratio is only a repetitive body, and costs nothing. */
    private static final int RATIO_COUNTS_FROM = 1024 * 1024;

    private final EdgeSettings.Body limits;

    BodyReader(EdgeSettings.Body limits) {
        this.limits = limits;
    }

    /**
     * Read {@code source} to its end into {@code buffer}.
     *
     * @param packed whether it is to be unpacked
     * @param most   bytes, as it is sent
     * @throws RefusedException when a limit is reached or the packing is broken
     */
    void read(InputStream source, boolean packed, BodyBuffer buffer, long most) throws IOException {
        Arriving raw = new Arriving(source, most, limits.deadline());
        try {
            if (packed) {
                unpack(raw, buffer);
            } else {
                copy(raw, raw, buffer, Integer.MAX_VALUE);
            }
        } catch (ZipException | EOFException e) {
            throw new RefusedException(new Refusal.Malformed("The body ends early or is not packed as gzip"));
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw tooSlow(limits.deadline());
            }
            throw e;
        }
    }

    /** Whether {@code packing}, a {@code Content-Encoding}, is gzip; another one is refused. */
    static boolean isPacked(@Nullable String packing) {
        if (packing == null || packing.isBlank() || packing.equalsIgnoreCase("identity")) {
            return false;
        }
        if (packing.equalsIgnoreCase("gzip") || packing.equalsIgnoreCase("x-gzip")) {
            return true;
        }
        throw new RefusedException(new Refusal.UnsupportedMedia("The Content-Encoding of a body may only be gzip"));
    }

    static RefusedException tooSlow(Duration deadline) {
        return new RefusedException(
                new Refusal.TooSlow("A request must arrive within " + deadline.toSeconds() + " seconds"));
    }

    static RefusedException tooLarge(long limit) {
        return new RefusedException(
                new Refusal.TooLarge("A body may have at most " + limit + " bytes; send it in several requests"));
    }

    private void unpack(Arriving raw, BodyBuffer buffer) throws IOException {
        try (GZIPInputStream plain = new GZIPInputStream(raw, CHUNK)) {
            copy(plain, raw, buffer, limits.maxRatio());
        }
    }

    private static void copy(InputStream plain, Arriving raw, BodyBuffer buffer, int maxRatio) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int read = plain.read(chunk); read >= 0; read = plain.read(chunk)) {
            buffer.append(ByteBuffer.wrap(chunk, 0, read));
            if (buffer.length() > RATIO_COUNTS_FROM && buffer.length() / maxRatio > raw.arrived) {
                throw new RefusedException(
                        new Refusal.TooLarge("A body may unpack to at most " + maxRatio + " times its size"));
            }
        }
    }

    /** The body as it comes in: counted, and only until the deadline. */
    private static final class Arriving extends FilterInputStream {

        private final long limit;
        private final Duration deadline;
        private final long start = System.nanoTime();
        private long arrived;

        Arriving(InputStream source, long limit, Duration deadline) {
            super(source);
            this.limit = limit;
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw tooSlow(deadline);
            }
            arrived += Math.max(0, read);
            if (arrived > limit) {
                throw tooLarge(limit);
            }
            return read;
        }

        @Override
        public void close() {
            // What is left unread decides about the connection; that is the container's to close.
        }
    }
}
