// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Needs;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.Test;

/** Does what README.md says, in its order, and compares each answer with the printed one. */
class ReadmeIT {

    private static final String BASE = "http://localhost:8080/fhir";

    /** Stands for any value, and as a member for any further members. */
    private static final String LEFT_OUT = "…";

    private static final Pattern EXAMPLE =
            Pattern.compile("```sh\\n(curl .*?)\\n```\\n```json\\n(.*?)\\n```", Pattern.DOTALL);

    private static final Pattern WORD = Pattern.compile("'([^']*)'|([^\\s']+)");

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void theServerAnswersAsPrinted() throws IOException {
        String readme = Files.readString(Path.of("README.md"), UTF_8);
        List<String> differences = new ArrayList<>();
        int examples = 0;
        try (RunningServer server = RunningServer.startWithStories()) {
            FhirClient fhir = server.fhir().as(Callers.nobody());
            Map<String, String> tokens = Map.of(
                    "\"$AUTH\"", "'Authorization: Bearer " + token("sandbox-ehr", fhir) + "'",
                    "\"$HOSPITAL\"", "'Authorization: Bearer " + token("sandbox-hospital", fhir) + "'");
            Matcher example = EXAMPLE.matcher(readme);
            while (example.find()) {
                examples++;
                String command = example.group(1);
                for (Map.Entry<String, String> token : tokens.entrySet()) {
                    command = command.replace(token.getKey(), token.getValue());
                }
                Answer answer = run(command, fhir);
                String text = answer.text().replace(fhir.base(), BASE);
                compare(json.readTree(example.group(2)), json.readTree(text), "", differences);
                if (!differences.isEmpty()) {
                    throw new AssertionError("README.md differs from the server in " + differences + " of "
                            + example.group(1) + "\n" + text);
                }
            }
        }

        assertThat(examples).isEqualTo(10);
        assertThat(readme.split("curl -s -H", -1))
                .as("each curl has its answer")
                .hasSize(examples + 1);
    }

    /** As the lines under "Get a token" do it. */
    private static String token(String client, FhirClient fhir) throws IOException {
        String basic = client + ":" + Sandbox.secretOf(client);
        Answer answer = fhir.post(fhir.base().replaceFirst("/fhir$", "/auth/token"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(UTF_8)))
                .body("application/x-www-form-urlencoded", "grant_type=client_credentials&scope=system/*.cruds")
                .send()
                .expect(200);
        return new ObjectMapper().readTree(answer.text()).path("access_token").asText();
    }

    /** In a real shell, where there is one with the tools that the lines use. */
    @Test
    void theShellFindsTheTokenAsItSays() throws IOException, InterruptedException {
        Needs.that(Stream.of("bash", "sed", "curl").allMatch(ReadmeIT::isInstalled), "ReadmeIT", "bash, sed and curl");
        Matcher lines = Pattern.compile("```sh\\n(token\\(\\) .*?)\\n```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md"), UTF_8));
        assertThat(lines.find()).isTrue();
        FhirClient fhir = RunningServer.client().as(Callers.nobody());
        String script = lines.group(1)
                        .replace(
                                "data/sandbox-credentials.json",
                                Sandbox.credentials().toString())
                        .replace("http://localhost:8080/fhir", fhir.base())
                        .replace("http://localhost:8080", fhir.base().replaceFirst("/fhir$", ""))
                + "\necho \"$AUTH\"\necho \"$HOSPITAL\"";
        Process shell = new ProcessBuilder("bash", "-c", script).start();
        List<String> said =
                new String(shell.getInputStream().readAllBytes(), UTF_8).lines().toList();

        assertThat(shell.waitFor()).isZero();
        assertThat(said).hasSize(2).allMatch(header -> header.startsWith("Authorization: Bearer ey"));
        for (String header : said) {
            fhir.get("Patient?_count=1")
                    .header("Authorization", header.replace("Authorization: ", ""))
                    .send()
                    .expect(200);
        }
        fhir.get("Patient?_count=1").send().expect(401);
    }

    private static boolean isInstalled(String program) {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theGuideIsWhereItSays() throws IOException {
        Matcher page = Pattern.compile("`(http://localhost:8080/guide/[^`]*)`")
                .matcher(Files.readString(Path.of("README.md"), UTF_8));
        FhirClient client = RunningServer.client();
        String root = client.base().replaceFirst("/fhir$", "");
        int pages = 0;
        while (page.find()) {
            pages++;
            client.get(root + page.group(1).replace("http://localhost:8080", ""))
                    .send()
                    .expect(200);
        }

        assertThat(pages).isEqualTo(2);
    }

    @Test
    void isShort() throws IOException {
        assertThat(Files.readAllLines(Path.of("README.md"), UTF_8)).hasSizeLessThanOrEqualTo(160);
    }

    @Test
    void linksToWhatIsThere() throws IOException {
        String readme = Files.readString(Path.of("README.md"), UTF_8);
        Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(readme);

        while (link.find()) {
            assertThat(Path.of(link.group(1))).exists();
        }
    }

    /** As curl would: {@code -s -X VERB -H 'Name: value' -d data|@file URL}. */
    private static Answer run(String command, FhirClient fhir) throws IOException {
        List<String> words = words(command.replace("\\\n", " "));
        String verb = "";
        String url = "";
        String data = null;
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "-s" -> {
                    // no progress bar
                }
                case "-X" -> verb = words.get(++i);
                case "-H" -> {
                    String[] header = words.get(++i).split(": ", 2);
                    headers.put(header[0], header[1]);
                }
                case "-d" -> data = words.get(++i);
                default -> url = word;
            }
        }
        assertThat(url).startsWith(BASE + "/");
        FhirClient.Call call =
                fhir.method(verb.isEmpty() ? data == null ? "GET" : "POST" : verb, url.substring(BASE.length() + 1));
        String contentType = headers.remove("Content-Type");
        headers.forEach(call::header);
        if (data == null) {
            return call.send();
        }
        String body = data.startsWith("@") ? Files.readString(Path.of(data.substring(1)), UTF_8) : data;
        return call.body(Objects.requireNonNull(contentType), body).send();
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        return words;
    }

    private static void compare(JsonNode printed, JsonNode real, String where, List<String> differences) {
        if (printed.isTextual() && printed.textValue().equals(LEFT_OUT)) {
            return;
        }
        if (printed.isObject() && real.isObject()) {
            for (Map.Entry<String, JsonNode> member : printed.properties()) {
                if (member.getKey().equals(LEFT_OUT)) {
                    continue;
                }
                JsonNode value = real.get(member.getKey());
                if (value == null) {
                    differences.add(where + "." + member.getKey() + " is not sent");
                } else {
                    compare(member.getValue(), value, where + "." + member.getKey(), differences);
                }
            }
            real.fieldNames().forEachRemaining(name -> {
                if (!printed.has(name) && !printed.has(LEFT_OUT)) {
                    differences.add(where + "." + name + " is not printed");
                }
            });
        } else if (printed.isArray() && real.isArray() && printed.size() == real.size()) {
            for (int i = 0; i < printed.size(); i++) {
                compare(printed.get(i), real.get(i), where + "[" + i + "]", differences);
            }
        } else if (!printed.equals(real)) {
            differences.add(where + " is " + real + ", not " + printed);
        }
    }
}
