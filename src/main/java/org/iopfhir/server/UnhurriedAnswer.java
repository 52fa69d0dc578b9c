// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.BufferedWriter;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that leaves when the container's buffer is full, or when it is whole. HAPI's parser flushes after each value
 * that it writes, and each flush would send a piece of its own over the network.
 */
final class UnhurriedAnswer extends HttpServletResponseWrapper {

    private static final int BUFFER = 8 * 1024;

    private @Nullable PrintWriter writer;
    private @Nullable Writer held;

    UnhurriedAnswer(HttpServletResponse response) {
        super(response);
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (writer == null) {
            // Jetty's own writer encodes in small pieces.
            held = new BufferedWriter(new OutputStreamWriter(super.getOutputStream(), getCharacterEncoding()), BUFFER);
            writer = new PrintWriter(new Unflushed(held));
        }
        return writer;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        return new UnflushedStream(super.getOutputStream());
    }

    @Override
    public void flushBuffer() throws IOException {
        complete();
        super.flushBuffer();
    }

    @Override
    public void reset() {
        super.reset();
        forget();
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        forget();
    }

    /** Hand on what is held back still. */
    void complete() throws IOException {
        if (held != null) {
            held.flush();
        }
    }

    private void forget() {
        held = null;
        writer = null;
    }

    private final class Unflushed extends FilterWriter {

        Unflushed(Writer out) {
            super(out);
        }

        @Override
        public void flush() {
            // when it is whole
        }

        @Override
        public void close() throws IOException {
            super.close();
            held = null;
        }
    }

    private static final class UnflushedStream extends ServletOutputStream {

        private final ServletOutputStream out;

        UnflushedStream(ServletOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int octet) throws IOException {
            out.write(octet);
        }

        @Override
        public void write(byte[] octets, int from, int count) throws IOException {
            out.write(octets, from, count);
        }

        @Override
        public void flush() {
            // when it is whole
        }

        @Override
        public void close() throws IOException {
            out.close();
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
    }
}
