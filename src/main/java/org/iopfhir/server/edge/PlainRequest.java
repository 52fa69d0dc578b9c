// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import ca.uhn.fhir.util.UrlUtil;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request as the rest of the server sees it: its body checked, unpacked and in memory, and HEAD asked as GET. */
final class PlainRequest extends HttpServletRequestWrapper {

    private static final String LENGTH = "content-length";

    /**
     * What no longer fits the body, and two headers of HAPI's own by which a client could rewrite a history or make the
     * server repeat a transaction as often as it likes.
     */
    private static final Set<String> HIDDEN = Set.of(
            "content-encoding", "transfer-encoding", "expect", "x-rewrite-history", "x-retry-on-version-conflict");

    private final Body body;
    private final @Nullable Map<String, String[]> form;

    PlainRequest(HttpServletRequest request, Body body) {
        super(request);
        this.body = body;
        this.form = null;
    }

    /** With a form as its body: the container can no longer read the parameters, since the body was read here. */
    PlainRequest(HttpServletRequest request, Body body, String form) {
        super(request);
        this.body = body;
        this.form = UrlUtil.parseQueryStrings(request.getQueryString(), form);
    }

    /** The container keeps the body of the answer to itself when it was asked for the head alone. */
    @Override
    public String getMethod() {
        String method = super.getMethod();
        return method.equals("HEAD") ? "GET" : method;
    }

    @Override
    public ServletInputStream getInputStream() {
        return new BodyInput(body.stream());
    }

    @Override
    public BufferedReader getReader() {
        return new BufferedReader(new InputStreamReader(body.stream(), StandardCharsets.UTF_8));
    }

    @Override
    public String getCharacterEncoding() {
        return "UTF-8";
    }

    @Override
    public int getContentLength() {
        return body.length();
    }

    @Override
    public long getContentLengthLong() {
        return body.length();
    }

    @Override
    public @Nullable String getHeader(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals(LENGTH) && super.getHeader(name) != null) {
            return Integer.toString(body.length());
        }
        return HIDDEN.contains(lower) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals(LENGTH)) {
            String length = getHeader(name);
            return Collections.enumeration(length == null ? List.of() : List.of(length));
        }
        return HIDDEN.contains(lower) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> names = Collections.list(super.getHeaderNames());
        names.removeIf(name -> HIDDEN.contains(name.toLowerCase(Locale.ROOT)));
        return Collections.enumeration(names);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return form == null ? super.getParameterMap() : Collections.unmodifiableMap(form);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return form == null ? super.getParameterNames() : Collections.enumeration(form.keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return form == null ? super.getParameterValues(name) : form.get(name);
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = getParameterValues(name);
        return values == null || values.length == 0 ? null : values[0];
    }

    private static final class BodyInput extends ServletInputStream {

        private final InputStream source;

        BodyInput(InputStream source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            return source.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return source.read(target, offset, length);
        }

        @Override
        public int available() throws IOException {
            return source.available();
        }

        @Override
        public boolean isFinished() {
            try {
                return source.available() == 0;
            } catch (IOException e) {
                throw new IllegalStateException("Memory can always be read", e);
            }
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("The body is in memory already");
        }
    }
}
