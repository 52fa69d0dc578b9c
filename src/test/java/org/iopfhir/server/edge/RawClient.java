// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Sends what no decent client would. */
final class RawClient {

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Answer(int status, String head, byte[] body) {}

    private RawClient() {}

    static Answer ask(int port, String requestLine, String headers, byte[] body) throws IOException {
        try (Socket socket = open(port, requestLine, headers)) {
            OutputStream out = socket.getOutputStream();
            out.write(body);
            out.flush();
            return answer(socket);
        }
    }

    static Socket open(int port, String requestLine, String headers) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        String head = requestLine + "\r\nHost: 127.0.0.1\r\n" + headers + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return socket;
    }

    /** Read one answer: its head to the empty line, then as many bytes as it announces. */
    static Answer answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) next);
        }
        int length = Arrays.stream(head.toString().split("\r\n"))
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).trim()))
                .findFirst()
                .orElse(0);
        byte[] body = in.readNBytes(length);
        return new Answer(Integer.parseInt(head.substring(9, 12)), head.toString(), body);
    }
}
