// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One request whose answer is read as it comes, so that somebody else can see how much of it has arrived by now. */
public final class Tap {

    private static final int BUFFER = 65_536;
    private static final int LOOK_AGAIN_MILLIS = 1;

    private final Socket socket;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    private long lastRead;

    private Tap(Socket socket) {
        this.socket = socket;
    }

    /**
     * Send a request; the answer is read by {@link #toEnd}.
     *
     * @param body of a POST in JSON; empty for a GET
     */
    public static Tap open(String base, Callers.Who who, String path, String body) {
        URI url = URI.create(path.isEmpty() ? base : base + "/" + path);
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = (body.isEmpty() ? "GET " : "POST ") + url.getRawPath() + query + " HTTP/1.1\r\nHost: "
                + url.getAuthority() + "\r\nAuthorization: Bearer " + who.token() + "\r\nConnection: close\r\n"
                + (body.isEmpty()
                        ? ""
                        : "Content-Type: " + FhirClient.JSON + "\r\nContent-Length: " + content.length + "\r\n")
                + "\r\n";
        try {
            Socket socket = new Socket(url.getHost(), url.getPort());
            socket.setSoTimeout(LOOK_AGAIN_MILLIS);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(content);
            socket.getOutputStream().flush();
            return new Tap(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Read until the server closes. */
    public void toEnd() {
        byte[] buffer = new byte[BUFFER];
        try (socket) {
            boolean isOpen = true;
            while (isOpen) {
                isOpen = readSome(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized boolean readSome(byte[] buffer) throws IOException {
        try {
            int count = socket.getInputStream().read(buffer);
            if (count > 0) {
                lastRead = System.nanoTime();
                read.write(buffer, 0, count);
            }
            return count >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    /** How many bytes of the answer have reached this machine. */
    public synchronized int arrived() {
        try {
            InputStream in = socket.isClosed() ? InputStream.nullInputStream() : socket.getInputStream();
            return read.size() + in.available();
        } catch (IOException e) {
            return read.size();
        }
    }

    /** What has been read, head and all. */
    public synchronized String text() {
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** When the last byte was read, as {@link System#nanoTime} tells it. */
    public synchronized long lastRead() {
        return lastRead;
    }
}
