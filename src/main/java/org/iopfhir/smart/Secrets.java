// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.springframework.security.crypto.keygen.KeyGenerators;

/** Makes what nobody can guess, and the hash under which it is kept. */
final class Secrets {

    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private Secrets() {}

    /** 256 random bits, as 43 characters that a URL can hold. */
    static String random() {
        return random(32);
    }

    static String random(int bytes) {
        return TEXT.encodeToString(KeyGenerators.secureRandom(bytes).generateKey());
    }

    /** What is kept of a random secret: whoever reads the database cannot use it. */
    static String hash(String secret) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return TEXT.encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compare in a time that tells nothing. */
    static boolean same(String some, String other) {
        return MessageDigest.isEqual(some.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
