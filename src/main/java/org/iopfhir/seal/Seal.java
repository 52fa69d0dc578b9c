// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals texts (AES-256-GCM) before they go to the database, so that whoever reads it or a copy of it does not read them.
 * Safe for use by many threads.
 */
public final class Seal {

    private static final String SEALED = "aes-256-gcm:";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int ITERATIONS = 210_000;

    private final @Nullable SecretKey key;
    private final String property;
    private final SecureRandom random = new SecureRandom();

    private Seal(@Nullable SecretKey key, String property) {
        this.key = key;
        this.property = property;
    }

    /**
     * @param secret   empty: nothing is sealed
     * @param use      what is sealed with it, such as {@code signing keys}; keeps two uses of one secret apart. It is the
     *                 same for all nodes, which share nothing but the secret; each secret is meant to be random
     * @param property the setting that holds the secret, for who has to look for it
     */
    public static Seal of(String secret, String use, String property) {
        if (secret.isEmpty()) {
            return new Seal(null, property);
        }
        byte[] salt = ("iop-fhir " + use).getBytes(StandardCharsets.UTF_8);
        try {
            SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
            byte[] derived = factory.generateSecret(new PBEKeySpec(secret.toCharArray(), salt, ITERATIONS, 256))
                    .getEncoded();
            return new Seal(new SecretKeySpec(derived, "AES"), property);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a text should be closed and is not. */
    public boolean isMissing(String text) {
        return key != null && !text.startsWith(SEALED);
    }

    /** The text, sealed if there is a secret. */
    public String close(String text) {
        if (key == null) {
            return text;
        }
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce).doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] all = ByteBuffer.allocate(NONCE + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return SEALED + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The text, be it sealed or from before there was a secret.
     *
     * @throws IllegalStateException when it was sealed by another secret, or changed
     */
    public String open(String text) {
        if (!text.startsWith(SEALED)) {
            return text;
        }
        if (key == null) {
            throw unreadable();
        }
        try {
            byte[] all = Base64.getDecoder().decode(text.substring(SEALED.length()));
            byte[] nonce = Arrays.copyOf(all, NONCE);
            byte[] plain = cipher(Cipher.DECRYPT_MODE, key, nonce).doFinal(all, NONCE, all.length - NONCE);
            return new String(plain, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable();
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    private IllegalStateException unreadable() {
        return new IllegalStateException(
                "A text in the database is sealed, and " + property + " is not the secret that opens it");
    }
}
