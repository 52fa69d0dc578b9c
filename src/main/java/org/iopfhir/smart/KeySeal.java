// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

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

/** Seals signing keys (AES-256-GCM), so that whoever reads the database or a copy of it cannot sign. */
final class KeySeal {

    private static final String SEALED = "aes-256-gcm:";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int ITERATIONS = 210_000;

    /** The same for all nodes, which share nothing but the secret; each secret is meant to be random. */
    private static final byte[] SALT = "iop-fhir signing keys".getBytes(StandardCharsets.UTF_8);

    private final @Nullable SecretKey key;
    private final SecureRandom random = new SecureRandom();

    private KeySeal(@Nullable SecretKey key) {
        this.key = key;
    }

    /** @param secret empty: nothing is sealed */
    static KeySeal of(String secret) {
        if (secret.isEmpty()) {
            return new KeySeal(null);
        }
        try {
            SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
            byte[] derived = factory.generateSecret(new PBEKeySpec(secret.toCharArray(), SALT, ITERATIONS, 256))
                    .getEncoded();
            return new KeySeal(new SecretKeySpec(derived, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a text should be closed and is not. */
    boolean isMissing(String text) {
        return key != null && !text.startsWith(SEALED);
    }

    String close(String text) {
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
    String open(String text) {
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

    private static IllegalStateException unreadable() {
        return new IllegalStateException(
                "A signing key in the database is sealed, and iop.smart.key.secret is not the secret that opens it");
    }
}
