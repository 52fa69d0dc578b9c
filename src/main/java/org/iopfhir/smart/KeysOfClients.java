// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The public keys of clients. Those behind a URL are fetched and kept for five minutes; a key that is not among them is
 * looked for again, at most every ten seconds.
 *
 * <p>Only what the operator has registered is fetched, no redirect is followed, and no address inside the operator's own
 * network is asked unless a setting allows it. The JVM keeps the addresses of a name for half a minute, so what is
 * connected to is what was checked.
 */
final class KeysOfClients {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LARGEST = 64 * 1024;
    private static final long KEPT = Duration.ofMinutes(5).toNanos();
    private static final long BETWEEN_FETCHES = Duration.ofSeconds(10).toNanos();

    private final boolean localAllowed;
    private final HttpClient http;
    private final Map<String, Fetched> fetched = new ConcurrentHashMap<>();

    KeysOfClients(boolean localAllowed) {
        this.localAllowed = localAllowed;
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(PATIENCE)
                .build();
    }

    private record Fetched(JWKSet keys, long at) {
        boolean isYoungerThan(long age) {
            return System.nanoTime() - at < age;
        }
    }

    /** The keys of a client could not be had. */
    static final class UnreachableKeysException extends Exception {

        private static final long serialVersionUID = 1L;

        UnreachableKeysException(String message) {
            super(message);
        }
    }

    /**
     * The keys of a client.
     *
     * @param keyId of the key that is looked for
     */
    JWKSet of(Client client, String keyId) throws UnreachableKeysException {
        JWKSet registered = client.proof().keys();
        if (registered != null) {
            return registered;
        }
        String url = Objects.requireNonNull(client.proof().keysUrl());
        Fetched known = fetched.get(url);
        if (known != null) {
            boolean hasKey = known.keys().getKeyByKeyId(keyId) != null;
            if (known.isYoungerThan(hasKey ? KEPT : BETWEEN_FETCHES)) {
                return known.keys();
            }
        }
        JWKSet keys = fetch(URI.create(url));
        fetched.put(url, new Fetched(keys, System.nanoTime()));
        return keys;
    }

    private JWKSet fetch(URI url) throws UnreachableKeysException {
        try {
            for (InetAddress address : InetAddress.getAllByName(url.getHost())) {
                if (!localAllowed && isLocal(address)) {
                    throw new UnreachableKeysException("an address of the operator's own network");
                }
            }
            HttpRequest request = HttpRequest.newBuilder(url)
                    .timeout(PATIENCE)
                    .header("Accept", "application/json")
                    .build();
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new UnreachableKeysException("status " + response.statusCode());
                }
                byte[] text = body.readNBytes(LARGEST + 1);
                if (text.length > LARGEST) {
                    throw new UnreachableKeysException("more than " + LARGEST + " bytes");
                }
                return JWKSet.parse(new String(text, StandardCharsets.UTF_8)).toPublicJWKSet();
            }
        } catch (IOException | ParseException e) {
            throw new UnreachableKeysException(e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableKeysException("interrupted");
        }
    }

    static boolean isLocal(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean sharedSpace = bytes.length == 4 && (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64;
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean zero = bytes.length == 4 && bytes[0] == 0;
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || sharedSpace
                || uniqueLocal
                || zero;
    }
}
