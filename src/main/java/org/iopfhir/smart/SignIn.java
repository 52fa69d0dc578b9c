// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks a name and a password. Ten wrong ones for a name block it for a quarter of an hour; fifty from one address,
 * whatever the names, block that address until the quarter of an hour is over.
 */
final class SignIn {

    private static final String FAILED = "failed";
    private static final int ATTEMPTS = 10;
    private static final int ATTEMPTS_OF_ADDRESS = 50;
    private static final Duration BLOCKED = Duration.ofMinutes(15);

    private final Accounts accounts;
    private final Entries entries;
    private final Clock clock;
    private final Passwords passwords = new Passwords();

    /** Of no password: an unknown name takes as long as a known one. */
    private final String nobody = passwords.encode(Secrets.random());

    SignIn(Accounts accounts, Entries entries, Clock clock) {
        this.accounts = accounts;
        this.entries = entries;
        this.clock = clock;
    }

    /**
     * How an attempt ended.
     *
     * @param user    empty when it failed
     * @param status  of the answer, when it failed
     * @param problem what to say then
     */
    record Result(Optional<User> user, int status, String problem) {}

    /** @param address of whoever tries */
    Result attempt(String typed, String password, String address) {
        String name = typed.strip();
        String key = Secrets.hash(name.toLowerCase(Locale.ROOT));
        String place = placeKey(address);
        if (failed(key) >= ATTEMPTS) {
            return tooMany("with this name");
        }
        if (failed(place) >= ATTEMPTS_OF_ADDRESS) {
            return tooMany("from this address");
        }
        Optional<User> user = accounts.user(name);
        boolean matches =
                passwords.matches(password, user.map(User::passwordHash).orElse(nobody));
        if (user.isEmpty() || !matches) {
            count(key);
            count(place);
            return new Result(Optional.empty(), 401, "Name and password do not go together.");
        }
        entries.remove(FAILED, key);
        return new Result(user, 200, "");
    }

    /** Of IPv6 the network alone, as one machine may use any address of it. Each quarter of an hour counts anew. */
    private String placeKey(String address) {
        String[] groups = address.split(":", -1);
        String network = groups.length == 8 ? String.join(":", List.of(groups).subList(0, 4)) : address;
        return Secrets.hash("address " + network + " " + clock.millis() / BLOCKED.toMillis());
    }

    private int failed(String key) {
        return entries.find(FAILED, key).map(Integer::parseInt).orElse(0);
    }

    private void count(String key) {
        entries.put(FAILED, key, "", Integer.toString(failed(key) + 1), clock.millis() + BLOCKED.toMillis());
    }

    private static Result tooMany(String how) {
        return new Result(
                Optional.empty(), 429, "There were too many attempts " + how + ". Try again in a quarter of an hour.");
    }
}
