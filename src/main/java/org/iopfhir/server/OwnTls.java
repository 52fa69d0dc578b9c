// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.springframework.boot.web.embedded.jetty.JettyWebServer;
import org.springframework.boot.web.server.WebServer;

/** TLS that ends in this server, by {@code server.ssl.*} of Spring Boot. */
final class OwnTls {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private OwnTls() {}

    /** Nothing older, whatever the settings say. */
    static void onlyModern(Server server) {
        Arrays.stream(server.getConnectors())
                .map(connector -> connector.getConnectionFactory(SslConnectionFactory.class))
                .filter(Objects::nonNull)
                .forEach(tls -> tls.getSslContextFactory().setIncludeProtocols(PROTOCOLS));
    }

    /** Whether clients must speak TLS to it. */
    static boolean isOn(WebServer web) {
        return web instanceof JettyWebServer jetty
                && Arrays.stream(jetty.getServer().getConnectors())
                        .anyMatch(connector -> connector.getConnectionFactory(SslConnectionFactory.class) != null);
    }

    /**
     * For calls of this server to its own port on this machine, and for nothing else: its certificate names the host by
     * which others know it.
     */
    static SSLContext trustingWhoeverAnswers() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
