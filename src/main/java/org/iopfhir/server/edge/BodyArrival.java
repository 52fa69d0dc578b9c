// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;

/**
 * Lets a body arrive before the request gets a thread, so that hundreds of slow clients hold memory for what they have
 * sent and nothing else. {@link EdgeFilter} would wait for the body, too, but with one of Jetty's threads per client.
 *
 * <p>It refuses nothing itself: body or refusal go on as an attribute, and the filter answers.
 */
public final class BodyArrival extends Handler.Wrapper {

    /** A {@link Body}, still packed, or a {@link RefusedException}. Absent when there was nothing to wait for. */
    static final String ATTRIBUTE = "org.iopfhir.server.edge.arrived";

    private final EdgeSettings.Body limits;
    private final BodyMemory memory;
    private final String path;
    private final ToLongFunction<Request> largest;

    /**
     * @param memory    shared with {@link EdgeFilter}
     * @param path      of the FHIR endpoint, without a slash at its end; other requests pass untouched
     * @param largest   bytes of the largest body of whoever sends a request; 0: his is not read
     */
    public BodyArrival(EdgeSettings settings, BodyMemory memory, String path, ToLongFunction<Request> largest) {
        this.limits = settings.body();
        this.memory = memory;
        this.path = path;
        this.largest = largest;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        long most = isAwaited(request) ? largest.applyAsLong(request) : 0;
        if (request.getLength() > most || most == 0) {
            return super.handle(request, response, callback);
        }
        new Waiting(request, response, callback, most).run();
        return true;
    }

    private boolean isAwaited(Request request) {
        String target = request.getHttpURI().getCanonicalPath();
        boolean announced = request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
        return EdgeFilter.WITH_BODY.contains(request.getMethod())
                && target != null
                && (target.equals(path) || target.startsWith(path + "/"))
                && announced
                && request.getLength() <= limits.maxSize().toBytes();
    }

    private boolean proceed(Request request, Response response, Callback callback) throws Exception {
        return super.handle(request, response, callback);
    }

    /** One request until its body is here. Jetty calls {@link #run} for each piece, never twice at a time. */
    private final class Waiting implements Runnable {

        private final Request request;
        private final Response response;
        private final Callback callback;
        private final BodyBuffer buffer;
        private final EndPoint connection;
        private final long usualTimeout;
        private final long start = System.nanoTime();

        Waiting(Request request, Response response, Callback callback, long most) {
            this.request = request;
            this.response = response;
            this.buffer = new BodyBuffer(memory, most);
            this.callback = Callback.from(buffer::discard, callback);
            this.connection = request.getConnectionMetaData().getConnection().getEndPoint();
            this.usualTimeout = connection.getIdleTimeout();
        }

        @Override
        public void run() {
            try {
                if (arrive()) {
                    done(buffer.body());
                }
            } catch (RefusedException e) {
                buffer.discard();
                done(e);
            }
        }

        /** Take in what is here; whether that was all. When it was not, this runs again. */
        private boolean arrive() {
            while (true) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    // A silent client is cut by the idle timeout, one that keeps dripping by the clock.
                    connection.setIdleTimeout(remaining().toMillis());
                    request.demand(this);
                    return false;
                }
                take(chunk);
                if (chunk.isLast()) {
                    return true;
                }
            }
        }

        private void take(Content.Chunk chunk) {
            if (Content.Chunk.isFailure(chunk)) {
                throw refusal(chunk.getFailure());
            }
            try {
                buffer.append(chunk.getByteBuffer());
            } finally {
                chunk.release();
            }
        }

        private RefusedException refusal(Throwable failure) {
            if (failure instanceof TimeoutException) {
                return BodyReader.tooSlow(limits.deadline());
            }
            return new RefusedException(new Refusal.Malformed("The body ends early or is not sent as HTTP wants it"));
        }

        private Duration remaining() {
            Duration remaining = limits.deadline().minusNanos(System.nanoTime() - start);
            if (remaining.toMillis() < 1) {
                throw BodyReader.tooSlow(limits.deadline());
            }
            return remaining;
        }

        private void done(Object arrived) {
            connection.setIdleTimeout(usualTimeout);
            request.setAttribute(ATTRIBUTE, arrived);
            // The rest of the server blocks, which a thread that reports content must not.
            request.getContext().execute(() -> {
                try {
                    if (!proceed(request, response, callback)) {
                        Response.writeError(request, response, callback, 404);
                    }
                } catch (Throwable e) { // as Jetty does around every handler
                    Response.writeError(request, response, callback, e);
                }
            });
        }
    }
}
