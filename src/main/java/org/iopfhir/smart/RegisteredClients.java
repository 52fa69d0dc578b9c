// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** The registered clients as Spring Authorization Server knows them. Its id of a client is the {@code client_id}. */
final class RegisteredClients implements RegisteredClientRepository {

    private final Accounts accounts;
    private final Duration offlineAccess;

    RegisteredClients(Accounts accounts, Duration offlineAccess) {
        this.accounts = accounts;
        this.offlineAccess = offlineAccess;
    }

    @Override
    public void save(RegisteredClient client) {
        throw new UnsupportedOperationException("Clients are kept in a file");
    }

    @Override
    public @Nullable RegisteredClient findById(String id) {
        return findByClientId(id);
    }

    @Override
    public @Nullable RegisteredClient findByClientId(String id) {
        return accounts.client(id).map(this::of).orElse(null);
    }

    private RegisteredClient of(Client client) {
        RegisteredClient.Builder registered = RegisteredClient.withId(client.id())
                .clientId(client.id())
                .clientName(client.name())
                .clientSecret(client.proof().secretHash())
                .redirectUris(uris -> uris.addAll(client.app().redirects()))
                .scopes(scopes -> scopes.addAll(client.scopes()));
        ClientSettings.Builder settings = ClientSettings.builder().requireProofKey(true);
        switch (client.proof().kind()) {
            case PUBLIC -> registered.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
            case SECRET ->
                registered
                        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST);
            case JWKS -> {
                registered.clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT);
                // Says no more than that it is a key pair; AssertionDecoders takes ES384 too.
                settings.tokenEndpointAuthenticationSigningAlgorithm(SignatureAlgorithm.RS384);
            }
        }
        if (client.isApp()) {
            registered
                    .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                    .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN);
        }
        if (client.isSystem()) {
            registered.authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS);
        }
        return registered
                .clientSettings(settings.build())
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(TokenMaking.FOR_USERS)
                        .refreshTokenTimeToLive(offlineAccess)
                        .reuseRefreshTokens(false)
                        .build())
                .build();
    }
}
