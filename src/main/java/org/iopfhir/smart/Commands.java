// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.iopfhir.access.Role;

/** The commands by which an operator edits the files of clients and users. */
public final class Commands {

    private static final String USAGE = """
            client add --id ID --name NAME (--public | --secret | --jwks FILE | --jwks-url URL)
                   [--redirect URL]... [--launch-url URL] [--origin ORIGIN]... --scope SCOPE... [--role ROLE]...
                   [--max-body SIZE]
            client remove --id ID
            client list
            user add --name NAME --role ROLE... --fhir-user Practitioner/ID [--patient ID]...
            user remove --name NAME
            user list
            An option that has "..." may be given more than once; scopes may also be written into one, with spaces.
            """;

    private static final Set<String> FLAGS = Set.of("public", "secret");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SmartSettings settings;

    public Commands(SmartSettings settings) {
        this.settings = settings;
    }

    /** A command that cannot be done; the message says why. */
    public static final class CommandException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        /** Without a stack trace: it is read by who has typed the command. */
        CommandException(String message) {
            super(message, null, false, false);
        }
    }

    /** Whether these arguments are a command, and not the settings of a server. */
    public static boolean isCommand(String... args) {
        return args.length > 0 && Set.of("client", "user").contains(args[0]);
    }

    /**
     * Do what a command says.
     *
     * @return what to tell who has typed it
     */
    public String run(String... args) {
        Map<String, List<String>> options = options(List.of(args).subList(Math.min(2, args.length), args.length));
        try {
            return switch (args[0] + " " + (args.length > 1 ? args[1] : "")) {
                case "client add" -> addClient(options);
                case "client remove" -> remove(clients(), one(options, "id"));
                case "client list" -> listClients();
                case "user add" -> addUser(options);
                case "user remove" -> remove(users(), one(options, "name"));
                case "user list" -> listUsers();
                default -> throw new CommandException("There is no such command. There are:\n" + USAGE);
            };
        } catch (BadEntryException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    private AccessFile<Client> clients() {
        return AccessFile.ofClients(settings.clientsFile());
    }

    private AccessFile<User> users() {
        return AccessFile.ofUsers(settings.usersFile());
    }

    private String addClient(Map<String, List<String>> options) {
        AccessFile<Client> file = clients();
        String id = one(options, "id");
        if (file.entries().containsKey(id)) {
            throw new CommandException("There is a client " + id + " already; remove it first.");
        }
        ObjectNode entry = JSON.createObjectNode();
        entry.put("id", id);
        entry.put("name", options.containsKey("name") ? one(options, "name") : id);
        String secret = "";
        if (options.containsKey("public")) {
            entry.put("kind", "public");
        } else if (options.containsKey("jwks")) {
            entry.put("kind", "jwks");
            entry.set("jwks", file(one(options, "jwks")));
        } else if (options.containsKey("jwks-url")) {
            entry.put("kind", "jwks");
            entry.put("jwksUrl", one(options, "jwks-url"));
        } else {
            secret = Secrets.random();
            entry.put("kind", "secret");
            entry.put("secret", new Passwords().encode(secret));
        }
        all(options, "redirect").forEach(entry.putArray("redirects")::add);
        if (options.containsKey("launch-url")) {
            entry.put("launchUrl", one(options, "launch-url"));
        }
        all(options, "origin").forEach(entry.putArray("origins")::add);
        all(options, "scope").stream()
                .flatMap(scopes -> Scopes.split(scopes).stream())
                .forEach(entry.putArray("scopes")::add);
        all(options, "role").forEach(entry.putArray("roles")::add);
        if (options.containsKey("max-body")) {
            entry.put("maxBody", one(options, "max-body"));
        }
        file.put(entry);
        return secret.isEmpty()
                ? "The client " + id + " is registered."
                : "The client " + id + " is registered. Its secret is kept nowhere else:\n" + secret;
    }

    private String addUser(Map<String, List<String>> options) {
        AccessFile<User> file = users();
        String name = one(options, "name");
        if (file.entries().containsKey(name)) {
            throw new CommandException("There is a user " + name + " already; remove him or her first.");
        }
        String password = Secrets.random(12);
        ObjectNode entry = JSON.createObjectNode();
        entry.put("name", name);
        entry.put("password", new Passwords().encode(password));
        all(options, "role").forEach(entry.putArray("roles")::add);
        entry.put("fhirUser", one(options, "fhir-user"));
        all(options, "patient").forEach(entry.putArray("patients")::add);
        file.put(entry);
        return "The user " + name + " can sign in. The password is kept nowhere else:\n" + password;
    }

    private static String remove(AccessFile<?> file, String name) {
        if (!file.remove(name)) {
            throw new CommandException("There is no " + name + ".");
        }
        return name + " is removed.";
    }

    private String listClients() {
        return clients().entries().values().stream()
                .map(client -> String.join(
                        "\t",
                        client.id(),
                        client.proof().kind().code(),
                        roles(client.roles()),
                        String.join(" ", client.scopes())))
                .collect(Collectors.joining("\n"));
    }

    private String listUsers() {
        return users().entries().values().stream()
                .map(user -> String.join("\t", user.name(), roles(user.roles()), user.fhirUser()))
                .collect(Collectors.joining("\n"));
    }

    private static String roles(Set<Role> roles) {
        return roles.stream().map(Role::code).sorted().collect(Collectors.joining(" "));
    }

    private static Map<String, List<String>> options(List<String> args) {
        Map<String, List<String>> options = new HashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("--")) {
                throw new CommandException("An option begins with --, not " + arg + "\n" + USAGE);
            }
            String name = arg.substring(2);
            if (name.startsWith("iop.")) {
                continue;
            }
            if (!USAGE.contains("--" + name + " ") && !FLAGS.contains(name)) {
                throw new CommandException("There is no option " + arg + "\n" + USAGE);
            }
            List<String> values = options.computeIfAbsent(name, any -> new ArrayList<>());
            if (!FLAGS.contains(name)) {
                if (i + 1 == args.size()) {
                    throw new CommandException(arg + " needs a value.\n" + USAGE);
                }
                i++;
                values.add(args.get(i));
            }
        }
        return options;
    }

    private static String one(Map<String, List<String>> options, String name) {
        List<String> values = all(options, name);
        if (values.size() != 1) {
            throw new CommandException("--" + name + " is needed once.\n" + USAGE);
        }
        return values.get(0);
    }

    private static List<String> all(Map<String, List<String>> options, String name) {
        return Objects.requireNonNullElse(options.get(name), List.of());
    }

    private static JsonNode file(String path) {
        try {
            return JSON.readTree(Files.readString(Path.of(path), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new CommandException(path + " holds no JSON.");
        } catch (IOException e) {
            throw new CommandException(path + " cannot be read.");
        }
    }
}
