// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.security.Principal;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.iopfhir.access.Interaction;
import org.iopfhir.access.Role;
import org.iopfhir.access.RoleTable;
import org.iopfhir.access.Scope;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;

/** What still has to be decided about a request, and what follows when all is. */
final class Decisions {

    private static final String CONSENT = "consent";
    private static final Duration REMEMBERED = Duration.ofDays(365);
    private static final Duration CODE_LIFE = Duration.ofMinutes(1);

    private final Accounts accounts;
    private final RegisteredClients clients;
    private final GrantStore grants;
    private final Entries entries;
    private final Clock clock;
    private final RoleTable roles = RoleTable.shipped();

    Decisions(Accounts accounts, RegisteredClients clients, GrantStore grants, Entries entries, Clock clock) {
        this.accounts = accounts;
        this.clients = clients;
        this.grants = grants;
        this.entries = entries;
        this.clock = clock;
    }

    static boolean needsPatient(PendingRequest request) {
        return request.context().patient() == null
                && request.scopes().stream()
                        .anyMatch(scope ->
                                scope.equals("launch/patient") || Scopes.isOfLevel(scope, Scope.Level.PATIENT));
    }

    /** Ids of the patients whom the user may choose among without a search; the user himself, or who authorized him. */
    static List<String> ownPatients(User user) {
        if (user.roles().contains(Role.PATIENT)) {
            return List.of(user.fhirUser().substring("Patient/".length()));
        }
        return user.patients().stream().sorted().toList();
    }

    /** Whether the user works with all patients, and can look for one. */
    boolean canSearch(User user) {
        return user.roles().stream()
                .filter(role -> role != Role.PATIENT && role != Role.FAMILY_MEMBER)
                .anyMatch(role -> roles.permits(role, Interaction.SEARCH, "Patient"));
    }

    boolean mayOpen(User user, String patient) {
        return canSearch(user) || ownPatients(user).contains(patient);
    }

    /**
     * Whether the user must be asked. A client that proves who it is need not ask again for what it was granted before;
     * another program could pass itself off as a public one.
     */
    boolean needsConsent(PendingRequest request, User user) {
        Client client = accounts.client(request.asked().client()).orElseThrow();
        if (request.consent() || client.isPublic()) {
            return true;
        }
        Set<String> before =
                Set.copyOf(Scopes.split(entries.find(CONSENT, id(user, client)).orElse("")));
        return !request.scopes().stream().allMatch(scope -> Scopes.isWithin(scope, before));
    }

    /**
     * The scopes that a user's choice comes to.
     *
     * @param chosen scopes, or parts of them; a part takes the place of its whole
     */
    static Set<String> granted(PendingRequest request, List<String> chosen) {
        Set<String> granted = new LinkedHashSet<>();
        for (String scope : request.scopes()) {
            List<String> parts = ScopeWords.parts(scope).keySet().stream()
                    .filter(chosen::contains)
                    .toList();
            if (!parts.isEmpty()) {
                granted.addAll(parts);
            } else if (chosen.contains(scope) || isNoChoice(scope)) {
                granted.add(scope);
            }
        }
        return granted;
    }

    /** How an app is opened is no matter of permission. */
    static boolean isNoChoice(String scope) {
        return scope.equals("launch") || scope.startsWith("launch/");
    }

    void remember(PendingRequest request, User user, Set<String> granted) {
        Client client = accounts.client(request.asked().client()).orElseThrow();
        entries.put(
                CONSENT,
                id(user, client),
                user.name(),
                String.join(" ", granted),
                clock.millis() + REMEMBERED.toMillis());
    }

    private static String id(User user, Client client) {
        return Secrets.hash(user.name() + "\n" + client.id());
    }

    /** Make the code that the app exchanges for its tokens. */
    String code(PendingRequest request, User user, Set<String> granted, Place place) {
        PendingRequest.Asked asked = request.asked();
        Map<String, Object> more = new HashMap<>();
        more.put("code_challenge", asked.challenge());
        more.put("code_challenge_method", "S256");
        if (asked.nonce() != null) {
            more.put("nonce", asked.nonce());
        }
        OAuth2AuthorizationRequest authorization = OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(place.url(Place.AUTHORIZE))
                .clientId(asked.client())
                .redirectUri(asked.redirect())
                .state(asked.state())
                .scopes(granted)
                .additionalParameters(more)
                .build();
        String code = Secrets.random();
        grants.save(
                OAuth2Authorization.withRegisteredClient(Objects.requireNonNull(clients.findByClientId(asked.client())))
                        .principalName(user.name())
                        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                        .authorizedScopes(granted)
                        .attribute(Principal.class.getName(), GrantJson.signedIn(user.name()))
                        .attribute(OAuth2AuthorizationRequest.class.getName(), authorization)
                        .attribute(LaunchContext.class.getName(), request.context())
                        .token(new OAuth2AuthorizationCode(
                                code, clock.instant(), clock.instant().plus(CODE_LIFE)))
                        .build());
        return code;
    }

    /** Ids of the clients that stay connected for a user. */
    List<String> connected(User user) {
        return grants.renewableOf(user.name()).stream()
                .map(OAuth2Authorization::getRegisteredClientId)
                .distinct()
                .sorted()
                .toList();
    }

    /** End everything that a user has granted to a client. */
    void end(User user, String client) {
        grants.renewableOf(user.name()).stream()
                .filter(grant -> grant.getRegisteredClientId().equals(client))
                .forEach(grants::remove);
        accounts.client(client).ifPresent(known -> entries.remove(CONSENT, id(user, known)));
    }
}
