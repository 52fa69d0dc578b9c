// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The users and clients of the sandbox that the test servers start with. */
public final class Sandbox {

    private static final Path FOLDER = make();

    private Sandbox() {}

    private static Path make() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "access")), "test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the files of clients and users are. */
    public static Path folder() {
        return FOLDER;
    }

    /** The file of their secrets. */
    public static Path credentials() {
        return FOLDER.resolve("sandbox-credentials.json");
    }

    /** The secret of a client, such as {@code sandbox-ehr}, once a server runs. */
    public static String secretOf(String client) {
        return secret("clients", client);
    }

    /** The password of a user, such as {@code counselor}, once a server runs. */
    public static String passwordOf(String user) {
        return secret("users", user);
    }

    private static String secret(String list, String name) {
        try {
            return new ObjectMapper()
                    .readTree(Files.readString(credentials(), StandardCharsets.UTF_8))
                    .path(list)
                    .path(name)
                    .path("secret")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
