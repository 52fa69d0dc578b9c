// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.MappedJwtClaimSetConverter;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Turns the access token of a request into who is asking. A token is verified once and then remembered for a few
 * minutes; whether it was taken back is asked with each request.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750">RFC 6750, bearer tokens</a>
 */
public final class Tokens {

    /** Asymmetric only: with a symmetric one, whoever may verify could sign, and a public key would pass as a secret. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.ES384);

    private static final Pattern SHAPE =
            Pattern.compile("[A-Za-z0-9_-]{1,2000}\\.[A-Za-z0-9_-]{1,12000}\\.[A-Za-z0-9_-]{1,2000}");

    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MOST_REMEMBERED = 5_000;
    private static final Duration COME_BACK = Duration.ofSeconds(5);

    private final @Nullable TokenIssuer issuer;
    private final Revocations revocations;
    private final AccessSettings settings;
    private final TokenClaims claims;
    private final Clock clock;
    private final @Nullable NimbusJwtDecoder decoder;
    private final Cache<Presented, Verified> known = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();

    /** @param issuer {@code null} when there is none, so that no token is good */
    public Tokens(@Nullable TokenIssuer issuer, Revocations revocations, AccessSettings settings, Clock clock) {
        this.issuer = issuer;
        this.revocations = revocations;
        this.settings = settings;
        this.claims = new TokenClaims(settings.rolesClaim());
        this.clock = clock;
        this.decoder = issuer == null ? null : decoder(issuer);
    }

    private record Presented(String token, String fhirBase) {}

    private record Verified(Caller caller, Instant from, Instant until) {}

    private static NimbusJwtDecoder decoder(TokenIssuer issuer) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, issuer.keys()));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        // Times and names are checked below, by the clock of this server.
        processor.setJWTClaimsSetVerifier((set, context) -> {});
        NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
        decoder.setClaimSetConverter(Tokens::asSaid);
        decoder.setJwtValidator(any -> org.springframework.security.oauth2.core.OAuth2TokenValidatorResult.success());
        return decoder;
    }

    /** Spring invents the time of issue where there is none: one second before the end. */
    private static Map<String, Object> asSaid(Map<String, Object> claims) {
        Map<String, Object> converted =
                MappedJwtClaimSetConverter.withDefaults(Map.of()).convert(claims);
        if (!claims.containsKey(JwtClaimNames.IAT)) {
            converted.remove(JwtClaimNames.IAT);
        }
        return converted;
    }

    /**
     * Say who brings {@code token}; empty when it says itself that it comes from another issuer.
     *
     * @param fhirBase as the request was sent to it, without a slash at its end
     * @throws RefusedException when the token is not good, or when that cannot be found out now
     */
    public Optional<Caller> caller(String token, String fhirBase) {
        Presented presented = new Presented(token, fhirBase);
        Verified verified = known.getIfPresent(presented);
        if (verified == null) {
            if (!saysItIsOurs(presented)) {
                return Optional.empty();
            }
            verified = verify(presented);
            known.put(presented, verified);
        }
        Instant now = clock.instant();
        boolean inTime =
                !now.plus(SKEW).isBefore(verified.from()) && now.minus(SKEW).isBefore(verified.until());
        if (!inTime || revocations.isRevoked(verified.caller().token())) {
            throw invalid();
        }
        return Optional.of(verified.caller());
    }

    private boolean saysItIsOurs(Presented presented) {
        if (issuer == null || !SHAPE.matcher(presented.token()).matches()) {
            return false;
        }
        try {
            String said = SignedJWT.parse(presented.token()).getJWTClaimsSet().getIssuer();
            return Objects.equals(said, issuer.issuer(presented.fhirBase()));
        } catch (ParseException e) {
            return false;
        }
    }

    private Verified verify(Presented presented) {
        if (decoder == null || issuer == null) {
            throw invalid();
        }
        try {
            Jwt token = decoder.decode(presented.token());
            Instant until = token.getExpiresAt();
            boolean isOurs = Objects.equals(token.getClaimAsString("iss"), issuer.issuer(presented.fhirBase()))
                    && audience(token).contains(wantedAudience(presented.fhirBase()));
            if (until == null || !isOurs) {
                throw invalid();
            }
            Instant from = Objects.requireNonNullElse(token.getNotBefore(), Instant.EPOCH);
            Instant issued = Objects.requireNonNullElse(token.getIssuedAt(), Instant.EPOCH);
            Set<String> bases = new LinkedHashSet<>(List.of(presented.fhirBase()));
            if (!settings.audience().isEmpty()) {
                bases.add(settings.audience());
            }
            return new Verified(claims.caller(token, bases), issued.isAfter(from) ? issued : from, until);
        } catch (BadJwtException | IllegalArgumentException e) {
            throw invalid();
        } catch (JwtException e) {
            throw isFlood(e) ? invalid() : unavailable();
        }
    }

    private static List<String> audience(Jwt token) {
        return Objects.requireNonNullElse(token.getAudience(), List.of());
    }

    private String wantedAudience(String fhirBase) {
        return settings.audience().isEmpty() ? fhirBase : settings.audience();
    }

    /** Keys are not fetched again and again for tokens with invented key ids. */
    private static boolean isFlood(Throwable failure) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof RateLimitReachedException) {
                return true;
            }
        }
        return false;
    }

    /** No more is said, since it would help most whoever tries to forge one. */
    public static RefusedException invalid() {
        return new RefusedException(new Refusal.Unauthenticated(
                "The access token is not valid", "Bearer realm=\"fhir\", error=\"invalid_token\""));
    }

    private static RefusedException unavailable() {
        return new RefusedException(new Refusal.Unavailable("The authorization server cannot be asked now", COME_BACK));
    }
}
