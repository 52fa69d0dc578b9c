// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.iopfhir.access.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** An operator edits the files of clients and users, or makes a mistake in them. */
class CommandsTest {

    @TempDir
    Path folder = Path.of("");

    private Path clients = Path.of("");
    private Path users = Path.of("");
    private Commands commands = commands();

    @BeforeEach
    void files() {
        clients = folder.resolve("clients.json");
        users = folder.resolve("users.json");
        commands = commands();
    }

    private Commands commands() {
        return new Commands(new SmartSettings(
                true, clients.toString(), users.toString(), Duration.ofDays(1), Duration.ofDays(1), "", false));
    }

    private Map<String, Client> registered() {
        return AccessFile.ofClients(clients.toString()).entries();
    }

    @Test
    void aClientIsAddedAndItsSecretShownOnceAndKeptAsHash() throws IOException {
        String told = commands.run(
                "client",
                "add",
                "--id",
                "ehr",
                "--name",
                "Our EHR",
                "--scope",
                "system/*.rs",
                "--role",
                "program-system");
        String secret = told.substring(told.lastIndexOf('\n') + 1);
        Client client = Objects.requireNonNull(registered().get("ehr"));

        assertThat(secret).hasSize(43);
        assertThat(client.name()).isEqualTo("Our EHR");
        assertThat(client.roles()).containsExactly(Role.PROGRAM_SYSTEM);
        assertThat(new Passwords().matches(secret, String.valueOf(client.proof().secretHash())))
                .isTrue();
        assertThat(Files.readString(clients, StandardCharsets.UTF_8)).doesNotContain(secret);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(clients)))
                .isEqualTo("rw-------");
    }

    @Test
    void aClientMayHaveALargestBodyOfItsOwn() {
        commands.run(
                "client", "add", "--id", "lab", "--scope", "system/*.rs", "--role", "billing", "--max-body", "512KB");

        Client client = Objects.requireNonNull(registered().get("lab"));
        assertThat(client.standing().maxBody()).isEqualTo(DataSize.ofKilobytes(512));
    }

    @Test
    void clientsAreListedAndRemoved() {
        commands.run(
                "client",
                "add",
                "--id",
                "app",
                "--public",
                "--redirect",
                "https://app.example.org/back",
                "--scope",
                "openid patient/*.rs");

        assertThat(commands.run("client", "list")).isEqualTo("app\tpublic\t\topenid patient/*.rs");
        assertThat(commands.run("client", "remove", "--id", "app")).isEqualTo("app is removed.");
        assertThat(registered()).isEmpty();
        assertThatThrownBy(() -> commands.run("client", "remove", "--id", "app"))
                .isInstanceOf(Commands.CommandException.class);
    }

    @Test
    void aUserIsAddedAndThePasswordShownOnce() {
        String told =
                commands.run("user", "add", "--name", "gideon", "--role", "counselor", "--fhir-user", "Practitioner/1");
        String password = told.substring(told.lastIndexOf('\n') + 1);
        User user = Objects.requireNonNull(
                AccessFile.ofUsers(users.toString()).entries().get("gideon"));

        assertThat(new Passwords().matches(password, user.passwordHash())).isTrue();
        assertThat(user.fhirUser()).isEqualTo("Practitioner/1");
        assertThatThrownBy(() -> commands.run(
                        "user", "add", "--name", "gideon", "--role", "counselor", "--fhir-user", "Practitioner/1"))
                .hasMessageContaining("already");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--redirect javascript:alert(1) --scope openid; redirects",
                "--redirect http://app.example.org/ --scope openid; redirects",
                "--redirect https://app.example.org/#x --scope openid; redirects",
                "--redirect https://app.example.org/ --scope nonsense; nonsense",
                "--redirect https://app.example.org/ --scope openid --role boss; boss",
                "--jwks-url http://keys.example.org/jwks --scope system/*.rs --role billing; jwksUrl",
                "--scope openid; needs redirects",
                "--scope system/*.rs --role billing --max-body much; maxBody must be a size",
                "--what ever; no option --what"
            })
    void aMistakeIsNamedAndChangesNothing(String options, String why) {
        String[] args = ("client add --id app " + options).split(" ");

        assertThatThrownBy(() -> commands.run(args))
                .isInstanceOf(Commands.CommandException.class)
                .hasMessageContaining(why);
        assertThat(registered()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{; is no JSON, line 1",
                "[]; must be a JSON object",
                "{\"clients\": [{}]}; entry 1 (): id is missing",
                "{\"clients\": [{\"id\": \"a\", \"kind\": \"secret\", \"secret\": \"open\"}]}; entry 1 (a): secret must be",
                "{\"clients\": [{\"id\": \"a\", \"kind\": \"odd\"}]}; entry 1 (a): kind must be",
                "{\"clients\": [{\"id\": \"a\", \"kind\": \"public\", \"redirect\": []}]}; there is no field redirect"
            })
    void aBadFileIsNamedWithItsEntry(String content, String why) throws IOException {
        Files.writeString(clients, content, StandardCharsets.UTF_8);

        assertThatThrownBy(this::registered)
                .isInstanceOf(BadEntryException.class)
                .hasMessageStartingWith("clients.json: ")
                .hasMessageContaining(why);
    }

    @Test
    void aPatientIsNoCounselor() {
        assertThatThrownBy(() ->
                        commands.run("user", "add", "--name", "x", "--role", "counselor", "--fhir-user", "Patient/1"))
                .hasMessageContaining("role patient");
    }
}
