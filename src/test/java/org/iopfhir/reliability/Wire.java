// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** The wire between the server and its database, which a test can cut and freeze. */
final class Wire implements AutoCloseable {

    private enum State {
        WHOLE,
        CUT,
        FROZEN
    }

    private final int target;
    private final ServerSocket entrance;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        return thread;
    });
    private volatile State state = State.WHOLE;

    /** Listen on a free port of the loopback, and pass everything on to {@code target}. */
    Wire(int target) {
        this.target = target;
        try {
            entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** Break every connection, and each new one at once. */
    void cut() {
        state = State.CUT;
        sockets.forEach(Wire::closeQuietly);
    }

    /** Let nothing pass in either direction, and tell nobody: the worst way for a database to be away. */
    void freeze() {
        state = State.FROZEN;
    }

    /** Let everything pass again. */
    void mend() {
        state = State.WHOLE;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                sockets.add(client);
                if (state == State.CUT) {
                    closeQuietly(client);
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // The database is away, or the test is over: the client sees its connection end.
                Thread.onSpinWait();
            }
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            Socket database = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(database);
            threads.execute(() -> pass(client, database));
            threads.execute(() -> pass(database, client));
        } catch (IOException e) {
            closeQuietly(client);
            throw e;
        }
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                while (state == State.FROZEN) {
                    LockSupport.parkNanos(20_000_000);
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One side has gone; closing both tells the other.
            closeQuietly(to);
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        threads.shutdownNow();
    }
}
