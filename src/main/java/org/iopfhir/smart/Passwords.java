// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Passwords and secrets as the files hold them: {@code {bcrypt}$2a$10$...}. */
final class Passwords implements PasswordEncoder {

    private static final String PREFIX = "{bcrypt}";

    /** bcrypt reads no further. */
    static final int LONGEST = 72;

    private final BCryptPasswordEncoder bcrypt;

    Passwords() {
        this(10);
    }

    /** @param strength 4 where the password is random and long, so that nobody guesses it at any speed */
    Passwords(int strength) {
        bcrypt = new BCryptPasswordEncoder(strength);
    }

    static boolean isHash(String text) {
        return text.matches("\\{bcrypt}\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}");
    }

    @Override
    public String encode(CharSequence password) {
        return PREFIX + bcrypt.encode(password);
    }

    @Override
    public boolean matches(CharSequence password, String hash) {
        return hash.startsWith(PREFIX) && bcrypt.matches(password, hash.substring(PREFIX.length()));
    }
}
