// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Checks a name and a password; ten wrong ones for a name block it for a quarter of an hour. */
final class SignIn {

    private static final String FAILED = "failed";
    private static final int ATTEMPTS = 10;
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

    Result attempt(String typed, String password) {
        String name = typed.strip();
        String key = Secrets.hash(name.toLowerCase(Locale.ROOT));
        int failed = entries.find(FAILED, key).map(Integer::parseInt).orElse(0);
        if (failed >= ATTEMPTS) {
            return new Result(
                    Optional.empty(),
                    429,
                    "There were too many attempts with this name. Try again in a quarter of an hour.");
        }
        Optional<User> user = accounts.user(name);
        boolean matches =
                passwords.matches(password, user.map(User::passwordHash).orElse(nobody));
        if (user.isEmpty() || !matches) {
            entries.put(FAILED, key, "", Integer.toString(failed + 1), clock.millis() + BLOCKED.toMillis());
            return new Result(Optional.empty(), 401, "Name and password do not go together.");
        }
        entries.remove(FAILED, key);
        return new Result(user, 200, "");
    }
}
