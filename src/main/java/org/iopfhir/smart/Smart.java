// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.jwk.JWKSet;
import jakarta.servlet.Filter;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import org.iopfhir.access.Revocations;
import org.iopfhir.seal.Seal;

/** What this room offers to the wiring. */
public final class Smart {

    private final SmartSettings settings;
    private final Accounts accounts;
    private final Keys keys;
    private final RevokedTokens revoked;
    private final Entries entries;
    private final Clock clock;

    private Smart(SmartSettings settings, Seal seal, Accounts accounts, Entries entries, Clock clock) {
        this.settings = settings;
        this.accounts = accounts;
        this.entries = entries;
        this.clock = clock;
        this.keys = new Keys(entries, settings.keyLifetime(), clock, seal);
        this.revoked = new RevokedTokens(entries, clock);
    }

    /**
     * Read clients and users.
     *
     * @throws BadEntryException when a file cannot be read
     */
    public static Smart open(
            SmartSettings settings, KeySettings key, SandboxAccess sandbox, Entries entries, Clock clock) {
        Accounts accounts = new Accounts(
                AccessFile.ofClients(settings.clientsFile()),
                AccessFile.ofUsers(settings.usersFile()),
                sandbox.clients(),
                sandbox.users());
        return new Smart(
                settings, Seal.of(key.secret(), "signing keys", "iop.smart.key.secret"), accounts, entries, clock);
    }

    /** What the filter covers. */
    public static List<String> paths() {
        return List.of("/auth/*", "/.well-known/*", Place.FHIR + Place.SMART);
    }

    /** Make the first key, if there is none yet. */
    public void warm() {
        keys.signing();
    }

    /** Which tokens were withdrawn. */
    public Revocations revocations() {
        return revoked;
    }

    /**
     * The public keys that may have signed a token that still holds.
     *
     * @param keyId of the key that is looked for; when it is not known yet, the database is asked again
     */
    public JWKSet publicKeys(String keyId) {
        return keys.publishedWith(keyId);
    }

    /** Bytes of the largest body that a client may send, where it is registered with one. */
    public OptionalLong largestBody(String client) {
        return accounts.client(client)
                .map(known -> known.standing().maxBody())
                .map(size -> OptionalLong.of(size.toBytes()))
                .orElse(OptionalLong.empty());
    }

    /** Origins of the registered apps, whose pages may call the server. */
    public List<String> origins() {
        return accounts.origins();
    }

    /**
     * Answers below {@code /auth} and {@code /.well-known}, and the discovery below the FHIR base.
     *
     * @param baseUrl  the FHIR base as clients write it; empty when each request says it
     * @param patients upon whom an app can be opened
     */
    public Filter filter(String baseUrl, PatientDirectory patients) {
        RegisteredClients clients = new RegisteredClients(accounts, settings.offlineAccess());
        GrantStore grants = new GrantStore(entries, clients, revoked, clock);
        AssertionDecoders decoders =
                new AssertionDecoders(accounts, new KeysOfClients(settings.localKeys()), entries, clock);
        TokenFilters token = TokenFilters.of(
                accounts,
                grants,
                ClientProofs.providers(clients, grants, decoders),
                TokenMaking.generator(accounts, keys, clock, settings.offlineAccess()));
        OwnTokens own = new OwnTokens(keys, revoked, clock);
        Registration registration = new Registration(settings.registrationToken(), accounts.clients());
        return new SmartFilter(
                baseUrl,
                keys,
                new Discovery(registration.isOn()),
                token,
                new TokenEndpoints(own, grants, revoked, accounts),
                people(own, registration, new Decisions(accounts, clients, grants, entries, clock), patients));
    }

    private SmartFilter.People people(
            OwnTokens own, Registration registration, Decisions decisions, PatientDirectory patients) {
        Launches launches = new Launches(entries, clock);
        Authorize authorize = new Authorize(accounts, launches, clock);
        return new SmartFilter.People(
                new Pages(accounts, entries, clock, authorize, decisions, patients),
                new EhrLaunch(own, accounts, launches, patients),
                registration);
    }
}
