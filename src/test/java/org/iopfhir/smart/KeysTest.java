// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import org.iopfhir.seal.Seal;
import org.junit.jupiter.api.Test;

/** The keys that sign: made once for all nodes, replaced in time, published as long as they are needed, sealed. */
class KeysTest {

    private static final Duration LIFETIME = Duration.ofDays(90);
    private static final String SECRET = "an-invented-secret-of-32-characters-and-more";
    private static final Place PLACE = new Place("https://ehr.example.org");

    /** The beginning of a span, so that the tests know how far its end is. */
    private Instant now = Instant.ofEpochMilli(LIFETIME.toMillis() * 230);

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final MemoryEntries entries = new MemoryEntries(clock);

    private Keys node(String secret) {
        return new Keys(entries, LIFETIME, clock, Seal.of(secret, "signing keys", "iop.smart.key.secret"));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private String token(Keys node, Duration life) throws JOSEException {
        JWK key = node.signing();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder()
                        .issuer(PLACE.issuer())
                        .audience(PLACE.fhirBase())
                        .jwtID("one")
                        .expirationTime(Date.from(now.plus(life)))
                        .build());
        token.sign(new RSASSASigner(key.toRSAKey()));
        return token.serialize();
    }

    private boolean holds(Keys node, String token) {
        return new OwnTokens(node, id -> false, clock).read(token, PLACE).isPresent();
    }

    private static List<String> published(Keys node) {
        return node.published().getKeys().stream().map(JWK::getKeyID).toList();
    }

    @Test
    void aTokenOfTheOldKeyHoldsUntilItEndsAndThenTheKeyIsGone() throws JOSEException {
        Keys node = node("");
        String first = node.signing().getKeyID();
        pass(LIFETIME.minusMinutes(1));
        assertThat(node.signing().getKeyID()).isEqualTo(first);
        String token = token(node, Duration.ofMinutes(15));

        pass(Duration.ofMinutes(2));
        String second = node.signing().getKeyID();
        assertThat(second).isNotEqualTo(first);
        assertThat(published(node)).containsExactly(second, first);
        assertThat(holds(node, token)).isTrue();

        pass(Duration.ofMinutes(12));
        assertThat(holds(node, token)).isTrue();
        pass(Duration.ofMinutes(2));
        assertThat(holds(node, token)).isFalse();

        pass(Duration.ofHours(1));
        assertThat(published(node)).containsExactly(second);
    }

    @Test
    void aTokenOfAKeyThatIsGoneHoldsNoMoreWhateverItSays() throws JOSEException {
        Keys node = node("");
        String eternal = token(node, Duration.ofDays(3650));
        assertThat(holds(node, eternal)).isTrue();

        pass(LIFETIME.plusHours(1));
        assertThat(holds(node, eternal)).isFalse();
    }

    @Test
    void nodesShareOneKeyAndKnowAtOnceWhatAnotherHasMade() throws JOSEException {
        Keys one = node("");
        Keys other = node("");
        assertThat(other.published().getKeys()).isEmpty();
        pass(Duration.ofSeconds(2));

        assertThat(holds(other, token(one, Duration.ofMinutes(5)))).isTrue();
        assertThat(other.signing().getKeyID()).isEqualTo(one.signing().getKeyID());
    }

    @Test
    void publishesNothingPrivate() {
        Keys node = node("");
        node.signing();

        assertThat(node.published().containsNonPublicKeys()).isFalse();
        assertThat(node.published().toString()).doesNotContain("\"d\"");
    }

    @Test
    void withASecretTheDatabaseHoldsNoKeyThatCanBeRead() {
        JWK key = node(SECRET).signing();

        assertThat(entries.all("key"))
                .hasSize(1)
                .noneMatch(text -> text.contains("\"") || text.contains(key.getKeyID()));
        assertThat(node(SECRET).signing()).isEqualTo(key);
    }

    @Test
    void aKeyFromBeforeTheSecretIsSealedWhenItIsRead() {
        JWK key = node("").signing();
        assertThat(entries.all("key").get(0)).contains("\"d\"");

        assertThat(node(SECRET).signing()).isEqualTo(key);
        assertThat(entries.all("key")).hasSize(1).noneMatch(text -> text.contains("\""));
        pass(LIFETIME.plusMinutes(59));
        assertThat(published(node(SECRET))).containsExactly(key.getKeyID());
        pass(Duration.ofMinutes(2));
        assertThat(published(node(SECRET))).isEmpty();
    }

    @Test
    void anotherSecretOrNoneStopsTheStartAndSaysWhy() {
        node(SECRET).signing();

        for (String secret : List.of("", SECRET + "!")) {
            Keys other = node(secret);
            assertThatThrownBy(other::signing)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("iop.smart.key.secret")
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void aSealThatWasChangedIsNotOpened() {
        Seal seal = Seal.of(SECRET, "signing keys", "iop.smart.key.secret");
        String sealed = seal.close("{\"kty\":\"RSA\"}");
        char last = sealed.charAt(sealed.length() - 5);
        String changed = sealed.substring(0, sealed.length() - 5)
                + (last == 'A' ? 'B' : 'A')
                + sealed.substring(sealed.length() - 4);

        assertThat(seal.open(sealed)).isEqualTo("{\"kty\":\"RSA\"}");
        assertThat(seal.close("{\"kty\":\"RSA\"}")).isNotEqualTo(sealed);
        assertThatThrownBy(() -> seal.open(changed)).isInstanceOf(IllegalStateException.class);
    }
}
