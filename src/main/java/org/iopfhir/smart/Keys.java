// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.iopfhir.seal.Seal;

/**
 * The keys that sign tokens. Time is cut into spans of the key lifetime, and each span has one key, made by the node that
 * first needs it. A key stays published for an hour after its span, when everything that it signed has ended.
 */
final class Keys {

    private static final String KIND = "key";
    private static final int BITS = 2048;
    private static final Duration PUBLISHED_AFTER = Duration.ofHours(1);

    /** So long another node may not know yet that there is a new key; asked about an unknown one it looks at once. */
    private static final long FRESH = Duration.ofSeconds(10).toMillis();

    private final Entries entries;
    private final long span;
    private final Clock clock;
    private final Seal seal;

    private volatile Known known = new Known(List.of(), 0);

    Keys(Entries entries, Duration lifetime, Clock clock, Seal seal) {
        this.entries = entries;
        this.span = lifetime.toMillis();
        this.clock = clock;
        this.seal = seal;
    }

    /** @param keys the newest first */
    private record Known(List<JWK> keys, long at) {}

    /** The key that signs now, with its private part. */
    JWK signing() {
        String id = Long.toString(clock.millis() / span);
        return ofSpan(known.keys(), id).or(() -> ofSpan(load(), id)).orElseGet(() -> {
            // Two nodes may do this at the same moment: the first wins, and both read what it has made.
            entries.add(KIND, id, "", seal.close(generate(id).toJSONString()), expires(id));
            return ofSpan(load(), id).orElseThrow();
        });
    }

    /** All public keys that may have signed a token that still holds. */
    JWKSet published() {
        if (clock.millis() - known.at() > FRESH) {
            load();
        }
        return new JWKSet(known.keys()).toPublicJWKSet();
    }

    /** As {@link #published()}, but looks again when the key of that id is not among those known. */
    JWKSet publishedWith(String keyId) {
        JWKSet keys = published();
        if (keys.getKeyByKeyId(keyId) == null && clock.millis() - known.at() > FRESH / 10) {
            load();
            keys = published();
        }
        return keys;
    }

    private List<JWK> load() {
        List<JWK> keys = entries.all(KIND).stream().map(this::read).toList();
        known = new Known(keys, clock.millis());
        return keys;
    }

    private JWK read(String stored) {
        JWK key = parse(seal.open(stored));
        if (seal.isMissing(stored)) {
            String id = key.getKeyID().substring(0, key.getKeyID().indexOf('-'));
            entries.put(KIND, id, "", seal.close(stored), expires(id));
        }
        return key;
    }

    private long expires(String id) {
        return (Long.parseLong(id) + 1) * span + PUBLISHED_AFTER.toMillis();
    }

    private static Optional<JWK> ofSpan(List<JWK> keys, String span) {
        return keys.stream()
                .filter(key -> key.getKeyID().startsWith(span + "-"))
                .findFirst();
    }

    private static JWK generate(String span) {
        try {
            return new RSAKeyGenerator(BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .keyID(span + "-" + Secrets.random(8))
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JWK parse(String json) {
        try {
            return RSAKey.parse(json);
        } catch (ParseException e) {
            throw new IllegalStateException("A signing key in the database cannot be read", e);
        }
    }
}
