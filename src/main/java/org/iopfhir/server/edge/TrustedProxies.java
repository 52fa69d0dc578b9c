// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * Believes what a proxy says of the client, if the connection comes from a proxy that the operator trusts: by
 * {@code Forwarded} (RFC 7239), or else by {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. The client may have
 * sent such headers himself, and each proxy adds at the end: so it reads from the end, and stops at the first address
 * that is no trusted proxy.
 */
public final class TrustedProxies implements HttpConfiguration.Customizer {

    private static final Pattern AUTHORITY =
            Pattern.compile("[A-Za-z0-9.-]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?");

    private final Networks trusted;

    public TrustedProxies(Networks trusted) {
        this.trusted = trusted;
    }

    /** What the proxies say; {@code null} where they say nothing that can be used. */
    private record Said(
            @Nullable String address,
            @Nullable String scheme,
            @Nullable String authority) {

        /** With what a proxy farther away says, who has the better view of the client. */
        Said and(Map<String, String> hop) {
            String node = bare(hop.getOrDefault("for", ""));
            String proto = hop.getOrDefault("proto", "").toLowerCase(Locale.ROOT);
            String host = hop.getOrDefault("host", "");
            return new Said(
                    Networks.address(node).isPresent() ? node : null,
                    proto.equals("http") || proto.equals("https") ? proto : scheme,
                    AUTHORITY.matcher(host).matches() ? host : authority);
        }
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        String peer = Request.getRemoteAddr(request);
        if (peer == null || !trusted.contain(bare(peer))) {
            return request;
        }
        Said said = said(hops(request.getHeaders()));
        return said.equals(new Said(null, null, null)) ? request : new Told(request, said);
    }

    private static List<Map<String, String>> hops(HttpFields headers) {
        List<String> standard = values(headers, "Forwarded");
        if (!standard.isEmpty()) {
            return standard.stream().map(TrustedProxies::pairs).toList();
        }
        List<String> addresses = values(headers, "X-Forwarded-For");
        List<String> schemes = values(headers, "X-Forwarded-Proto");
        List<String> hosts = values(headers, "X-Forwarded-Host");
        List<Map<String, String>> hops = new ArrayList<>();
        int count = Math.max(addresses.size(), Math.max(schemes.size(), hosts.size()));
        for (int back = count; back >= 1; back--) {
            Map<String, String> hop = new HashMap<>();
            put(hop, "for", addresses, back);
            put(hop, "proto", schemes, back);
            put(hop, "host", hosts, back);
            hops.add(hop);
        }
        return hops;
    }

    private static void put(Map<String, String> hop, String name, List<String> values, int back) {
        if (values.size() >= back) {
            hop.put(name, values.get(values.size() - back));
        }
    }

    private static Map<String, String> pairs(String element) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : element.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String value = pair.substring(equals + 1).strip().replaceAll("^\"|\"$", "");
                pairs.put(pair.substring(0, equals).strip().toLowerCase(Locale.ROOT), value);
            }
        }
        return pairs;
    }

    private static List<String> values(HttpFields headers, String name) {
        return headers.getValuesList(name).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    private Said said(List<Map<String, String>> hops) {
        Said said = new Said(null, null, null);
        List<Map<String, String>> fromTheEnd = new ArrayList<>(hops);
        Collections.reverse(fromTheEnd);
        for (Map<String, String> hop : fromTheEnd) {
            said = said.and(hop);
            String address = said.address();
            if (address == null || !trusted.contain(address)) {
                return said;
            }
        }
        return said;
    }

    /** Without brackets and port. */
    private static String bare(String node) {
        if (node.startsWith("[")) {
            int end = node.indexOf(']');
            return end < 0 ? node : node.substring(1, end);
        }
        boolean withPort = node.indexOf(':') >= 0 && node.indexOf(':') == node.lastIndexOf(':');
        return withPort ? node.substring(0, node.indexOf(':')) : node;
    }

    private static final class Told extends Request.Wrapper {

        private final HttpURI uri;
        private final ConnectionMetaData connection;
        private final boolean secure;

        Told(Request request, Said said) {
            super(request);
            HttpURI.Mutable changed = HttpURI.build(request.getHttpURI());
            if (said.scheme() != null) {
                changed.scheme(said.scheme());
            }
            HostPort host = said.authority() == null ? null : new HostPort(said.authority());
            if (host != null) {
                changed.host(host.getHost()).port(host.getPort());
            }
            uri = changed.asImmutable();
            secure = said.scheme() == null ? request.isSecure() : said.scheme().equals("https");
            connection = new Connection(request.getConnectionMetaData(), said.address(), host, secure);
        }

        @Override
        public HttpURI getHttpURI() {
            return uri;
        }

        @Override
        public boolean isSecure() {
            return secure;
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }
    }

    private static final class Connection extends ConnectionMetaData.Wrapper {

        private final @Nullable SocketAddress client;
        private final @Nullable HostPort host;
        private final boolean secure;

        Connection(ConnectionMetaData wrapped, @Nullable String address, @Nullable HostPort host, boolean secure) {
            super(wrapped);
            this.client = address == null
                    ? null
                    : new InetSocketAddress(Networks.address(address).orElseThrow(), 0);
            this.host = host;
            this.secure = secure;
        }

        @Override
        public boolean isSecure() {
            return secure;
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return client == null ? super.getRemoteSocketAddress() : client;
        }

        @Override
        public HostPort getServerAuthority() {
            return host == null ? super.getServerAuthority() : host;
        }
    }
}
