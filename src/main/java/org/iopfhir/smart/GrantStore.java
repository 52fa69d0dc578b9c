// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;

/**
 * What users granted to apps. Codes and refresh tokens are kept as hashes, access tokens not at all: they prove
 * themselves.
 *
 * <p>Spring's own JDBC service is not used: it keeps tokens in clear and without an index, and splits scopes at commas,
 * which a granular scope may hold.
 */
final class GrantStore implements OAuth2AuthorizationService {

    private static final String GRANT = "grant";
    private static final String TOKEN = "token";
    private static final String SPENT = "spent";

    /** So long a code that is used a second time is traced to the tokens that the first use gave out. */
    private static final Duration TRACED = TokenMaking.FOR_USERS.plusMinutes(5);

    private final Entries entries;
    private final GrantJson json;
    private final RevokedTokens revoked;
    private final Clock clock;

    GrantStore(Entries entries, RegisteredClientRepository clients, RevokedTokens revoked, Clock clock) {
        this.entries = entries;
        this.json = new GrantJson(clients);
        this.revoked = revoked;
        this.clock = clock;
    }

    @Override
    public void save(OAuth2Authorization grant) {
        if (grant.getAuthorizationGrantType().equals(AuthorizationGrantType.CLIENT_CREDENTIALS)) {
            return;
        }
        Instant last = clock.instant().plus(TRACED);
        for (OAuth2Token token : tokens(grant)) {
            Instant expires = latest(
                    Objects.requireNonNull(token.getExpiresAt()),
                    clock.instant().plus(TRACED));
            last = latest(last, expires);
            if (!GrantJson.isHash(token.getTokenValue())) {
                entries.put(
                        TOKEN,
                        Secrets.hash(token.getTokenValue()),
                        grant.getId(),
                        grant.getId(),
                        expires.toEpochMilli());
            }
        }
        entries.put(GRANT, grant.getId(), grant.getPrincipalName(), json.write(grant), last.toEpochMilli());
    }

    private static List<OAuth2Token> tokens(OAuth2Authorization grant) {
        return Stream.of(grant.getToken(OAuth2AuthorizationCode.class), grant.getToken(OAuth2RefreshToken.class))
                .filter(Objects::nonNull)
                .map(token -> (OAuth2Token) token.getToken())
                .toList();
    }

    private static Instant latest(Instant some, Instant other) {
        return some.isAfter(other) ? some : other;
    }

    @Override
    public void remove(OAuth2Authorization grant) {
        withdraw(grant.getId());
    }

    /** End a grant and every token that came from it. */
    void withdraw(String grant) {
        revoked.revoke(grant);
        entries.remove(GRANT, grant);
        entries.removeAllOf(TOKEN, grant);
    }

    @Override
    public @Nullable OAuth2Authorization findById(String id) {
        return entries.find(GRANT, id).flatMap(text -> json.read(text, "")).orElse(null);
    }

    @Override
    public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
        return grantOf(token)
                .flatMap(id -> entries.find(GRANT, id))
                .flatMap(text -> json.read(text, token))
                .filter(grant -> tokens(grant).stream().anyMatch(one -> token.equals(one.getTokenValue())))
                .orElse(null);
    }

    /** Id of the grant that a code or refresh token belongs to, or belonged to before it was used. */
    Optional<String> grantOf(String token) {
        return entries.find(TOKEN, Secrets.hash(token));
    }

    /** Id of the registered client that a code or refresh token was given to, whether or not it was used since. */
    Optional<String> clientOf(String token) {
        return grantOf(token)
                .flatMap(id -> entries.find(GRANT, id))
                .flatMap(text -> json.read(text, token))
                .map(OAuth2Authorization::getRegisteredClientId);
    }

    /** Whether a code or refresh token is used for the first time; only the first who asks is told so. */
    boolean isFirstUse(String token, Instant expires) {
        Instant until = latest(expires, clock.instant().plus(TRACED));
        return entries.add(SPENT, Secrets.hash(token), "", "", until.toEpochMilli());
    }

    /** The grants of a user that an app can still renew. */
    List<OAuth2Authorization> renewableOf(String user) {
        return entries.allOf(GRANT, user).stream()
                .flatMap(text -> json.read(text, "").stream())
                .filter(grant -> grant.getRefreshToken() != null)
                .toList();
    }
}
