// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what an app asks for at the authorization endpoint.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html">SMART App Launch</a>
 */
final class Authorize {

    private final Accounts accounts;
    private final Launches launches;
    private final Clock clock;

    Authorize(Accounts accounts, Launches launches, Clock clock) {
        this.accounts = accounts;
        this.launches = launches;
        this.clock = clock;
    }

    /** A request that is refused. */
    static final class RefusedRequestException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String code;
        private final transient @Nullable Back back;

        /** @param back where the app is told; {@code null} when only the user may be told */
        RefusedRequestException(String code, String message, @Nullable Back back) {
            super(message);
            this.code = code;
            this.back = back;
        }

        String code() {
            return code;
        }

        @Nullable
        Back back() {
            return back;
        }
    }

    /** Where an answer goes. */
    record Back(String redirect, String state) {}

    /** Whether the user may be shown a page. */
    static boolean isSilent(HttpServletRequest request) {
        return "none".equals(request.getParameter("prompt"));
    }

    PendingRequest check(HttpServletRequest request, Place place) throws RefusedRequestException {
        Client client = client(request);
        String redirect = redirect(request, client);
        Back back = new Back(redirect, single(request, "state", null).orElse(""));
        if (!single(request, "response_type", back).orElse("").equals("code")) {
            throw new RefusedRequestException("unsupported_response_type", "response_type must be code", back);
        }
        if (back.state().isEmpty()) {
            throw invalid("state is missing", back);
        }
        String challenge = challenge(request, back);
        String audience = single(request, "aud", back).orElse("");
        if (!audience.equals(place.fhirBase()) && !audience.equals(place.fhirBase() + "/")) {
            throw invalid("aud must be " + place.fhirBase(), back);
        }
        Optional<Launches.Launch> launch = launch(request, client, back);
        List<String> scopes = scopes(request, client, launch.isPresent(), back);
        String prompt = single(request, "prompt", back).orElse("");
        return new PendingRequest(
                new PendingRequest.Asked(
                        client.id(),
                        redirect,
                        back.state(),
                        challenge,
                        single(request, "nonce", back).orElse(null)),
                scopes,
                launch.map(Launches.Launch::context).orElse(LaunchContext.EMPTY),
                launch.map(Launches.Launch::user).orElse(null),
                signedInSince(request, prompt, back),
                prompt.contains("consent"));
    }

    private Client client(HttpServletRequest request) throws RefusedRequestException {
        Optional<Client> client = single(request, "client_id", null).flatMap(accounts::client);
        if (client.isEmpty() || !client.get().isApp()) {
            throw invalid("This app is not registered here.", null);
        }
        return client.get();
    }

    private static String redirect(HttpServletRequest request, Client client) throws RefusedRequestException {
        String redirect = single(request, "redirect_uri", null).orElse("");
        if (client.app().redirects().stream().noneMatch(registered -> isSame(redirect, registered))) {
            throw invalid("The app wants to be answered at an address that is not registered.", null);
        }
        return redirect;
    }

    /** To the letter, but for the port of an app on this machine, which its system chooses (RFC 8252). */
    private static boolean isSame(String asked, String registered) {
        if (asked.equals(registered)) {
            return true;
        }
        try {
            URI uri = URI.create(registered);
            URI other = URI.create(asked);
            boolean loopback = Set.of("127.0.0.1", "[::1]").contains(String.valueOf(uri.getHost()));
            return loopback
                    && "http".equals(uri.getScheme())
                    && other.getPort() > 0
                    && asked.equals("http://" + uri.getHost() + ":" + other.getPort() + uri.getRawPath()
                            + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String challenge(HttpServletRequest request, Back back) throws RefusedRequestException {
        String challenge = single(request, "code_challenge", back).orElse("");
        if (!single(request, "code_challenge_method", back).orElse("").equals("S256")) {
            throw invalid("code_challenge_method must be S256", back);
        }
        if (!challenge.matches("[A-Za-z0-9_-]{43}")) {
            throw invalid("code_challenge must be 43 characters of base64url", back);
        }
        return challenge;
    }

    private Optional<Launches.Launch> launch(HttpServletRequest request, Client client, Back back)
            throws RefusedRequestException {
        Optional<String> value = single(request, "launch", back);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Optional<Launches.Launch> launch = launches.redeem(value.get(), client.id());
        if (launch.isEmpty()) {
            throw invalid("launch is unknown, was used or has expired", back);
        }
        return launch;
    }

    private static List<String> scopes(HttpServletRequest request, Client client, boolean launched, Back back)
            throws RefusedRequestException {
        List<String> asked = Scopes.split(single(request, "scope", back).orElse(""));
        if (asked.contains("launch") && !launched) {
            throw invalid("the scope launch goes with the parameter launch", back);
        }
        List<String> scopes = new ArrayList<>(Scopes.grantable(asked, client));
        scopes.removeIf(scope -> scope.startsWith("system/"));
        if (scopes.isEmpty()) {
            throw new RefusedRequestException(
                    "invalid_scope", "none of the scopes is known and registered for this app", back);
        }
        return scopes;
    }

    private long signedInSince(HttpServletRequest request, String prompt, Back back) throws RefusedRequestException {
        String age = single(request, "max_age", back).orElse("");
        if (!age.matches("\\d{0,9}")) {
            throw invalid("max_age must be seconds", back);
        }
        if (prompt.contains("login")) {
            return clock.millis();
        }
        return age.isEmpty() ? 0 : clock.millis() - Long.parseLong(age) * 1000;
    }

    private static Optional<String> single(HttpServletRequest request, String name, @Nullable Back back)
            throws RefusedRequestException {
        String[] values = request.getParameterValues(name);
        if (values != null && values.length > 1) {
            throw invalid(name + " comes more than once", back);
        }
        return values == null || values[0].isEmpty() ? Optional.empty() : Optional.of(values[0]);
    }

    private static RefusedRequestException invalid(String message, @Nullable Back back) {
        return new RefusedRequestException("invalid_request", message, back);
    }
}
