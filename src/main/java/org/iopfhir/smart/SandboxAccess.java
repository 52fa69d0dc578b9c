// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Users and clients of the sandbox, who are shipped without secrets. Those are made at the first start, and lie readable
 * in a file of which only the owner of the server's account can read it.
 */
public final class SandboxAccess {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SYSTEM = "sandbox-ehr";

    /** What is random and long needs no slow hash. */
    private static final Passwords QUICK = new Passwords(4);

    private final Map<String, Client> clients = new LinkedHashMap<>();
    private final Map<String, User> users = new LinkedHashMap<>();
    private final Map<String, String> staff = new LinkedHashMap<>();
    private final Map<String, String> secrets = new LinkedHashMap<>();
    private boolean isNew;

    private SandboxAccess() {}

    /** Nobody: for production. */
    public static SandboxAccess none() {
        return new SandboxAccess();
    }

    /** Those of the sandbox, with secrets from {@code file}, which is written when it lacks some. */
    public static SandboxAccess open(Path file) {
        try (InputStream shipped = Objects.requireNonNull(SandboxAccess.class.getResourceAsStream("sandbox.json"))) {
            SandboxAccess access = new SandboxAccess();
            JsonNode template = JSON.readTree(shipped);
            ObjectNode credentials = Files.exists(file)
                    ? (ObjectNode) JSON.readTree(Files.readString(file, StandardCharsets.UTF_8))
                    : JSON.createObjectNode();
            access.fill(template, credentials);
            if (access.isNew) {
                AccessFile.writeWhole(
                        file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(credentials) + "\n");
            }
            return access;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fill(JsonNode template, ObjectNode credentials) {
        for (JsonNode entry : template.path("users")) {
            ObjectNode user = (ObjectNode) entry;
            secret(credentials, "users", user.path("name").asText(), 12).ifPresent(hash -> user.put("password", hash));
        }
        for (JsonNode entry : template.path("clients")) {
            ObjectNode client = (ObjectNode) entry;
            if (client.path("kind").asText().equals("secret")) {
                secret(credentials, "clients", client.path("id").asText(), 32)
                        .ifPresent(hash -> client.put("secret", hash));
            }
        }
        JsonFields.entries("sandbox.json", template, UserJson.LIST, UserJson.KEY, UserJson::read)
                .forEach(user -> users.put(user.name(), user));
        JsonFields.entries("sandbox.json", template, ClientJson.LIST, ClientJson.KEY, ClientJson::read)
                .forEach(client -> clients.put(client.id(), client));
        template.path("staff")
                .properties()
                .forEach(person -> staff.put(person.getKey(), person.getValue().asText()));
    }

    private Optional<String> secret(ObjectNode credentials, String list, String name, int bytes) {
        ObjectNode known = credentials.withObjectProperty(list).withObjectProperty(name);
        if (!known.has("secret")) {
            String secret = Secrets.random(bytes);
            known.put("secret", secret);
            known.put("hash", QUICK.encode(secret));
            isNew = true;
        }
        secrets.put(name, known.path("secret").asText());
        return Optional.of(known.path("hash").asText());
    }

    Map<String, Client> clients() {
        return clients;
    }

    Map<String, User> users() {
        return users;
    }

    /** Practitioners whom the stories do not know: id to name, as {@code family, given}. */
    public Map<String, String> staff() {
        return Map.copyOf(staff);
    }

    /**
     * How to get a first token, to be told once.
     *
     * @param base address of the server, without a path
     * @return empty when it was told at an earlier start
     */
    public Optional<String> firstSteps(String base, Path file) {
        if (!isNew) {
            return Optional.empty();
        }
        StringBuilder text =
                new StringBuilder("The sandbox has made users and clients. Never use them with real people.\n");
        users.keySet()
                .forEach(name -> text.append("  user   ")
                        .append(name)
                        .append("  password ")
                        .append(secrets.get(name))
                        .append('\n'));
        clients.keySet()
                .forEach(id -> text.append("  client ")
                        .append(id)
                        .append(secrets.containsKey(id) ? "  secret " + secrets.get(id) : "  (public)")
                        .append('\n'));
        text.append("They stay in ").append(file).append(". A token for the program's EHR:\n");
        text.append("  curl -s -u ")
                .append(SYSTEM)
                .append(':')
                .append(secrets.get(SYSTEM))
                .append(" -d grant_type=client_credentials -d scope=system/*.cruds ")
                .append(base)
                .append(Place.TOKEN);
        return Optional.of(text.toString());
    }
}
