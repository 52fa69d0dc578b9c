// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.iopfhir.access.AccessSettings;
import org.iopfhir.attendance.HourRule;
import org.iopfhir.sandbox.SandboxSettings;
import org.iopfhir.server.edge.EdgeSettings;
import org.iopfhir.server.edge.RateSettings;
import org.iopfhir.storage.database.DatabaseSettings;
import org.iopfhir.storage.search.PageSettings;
import org.iopfhir.storage.search.SearchSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A bad setting stops the start, and the message names it and says what it may be. */
class SettingsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iop.database.url                | jdbc:oracle:thin:@db | jdbc:postgresql
            iop.database.url                | localhost:5432       | jdbc:postgresql
            iop.database.pool-size          | 1                    | between 2 and 500, not 1
            iop.database.pool-size          | 5000                 | between 2 and 500, not 5000
            iop.database.connection-timeout | 1ms                  | at least 250 ms
            iop.database.connection-timeout | soon                 | soon
            iop.database.statement-timeout  | 10ms                 | at least 1000 ms
            iop.database.transaction-timeout | 1s                  | at least 30000 ms
            iop.pages.standard              | 0                    | at least 1
            iop.pages.maximum               | 10                   | at least as much
            iop.search.parameters           | 0                    | at least 1, not 0
            iop.search.alternatives         | -5                   | at least 1, not -5
            iop.search.included             | 0                    | at least 1, not 0
            iop.search.reach                | 0                    | at least 1, not 0
            iop.edge.body.max-size          | 0                    | iop.edge.body.max-size must be at least 1
            iop.edge.body.max-together      | 1MB                  | iop.edge.body.max-together must be at least
            iop.edge.content.max-json-depth | 5000                 | at most 1000
            iop.edge.content.max-entries    | 0                    | at least 1
            iop.edge.query.max-values       | 0                    | at least 1
            iop.sandbox.stories             | perhaps              | perhaps
            iop.access.issuer               | login.example.org    | iop.access.issuer must be an https URL
            iop.access.issuer               | http://login.example.org/ | http only leads to this machine itself
            iop.access.jwks-url             | https://login.example.org/keys | needs iop.access.issuer
            iop.access.roles-claim          | ''                   | must name a claim
            iop.access.anonymous            | perhaps              | perhaps
            """)
    void namesTheBadSettingAndWhatItMayBe(String name, String value, String wanted) {
        assertThat(failure(Map.of(name, value), Map.of()))
                .isNotNull()
                .rootCause()
                .hasMessageContaining(wanted);
        assertThat(chain(failure(Map.of(name, value), Map.of()))).contains(name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iop.http.base-url               | ehr.example.org/fhir | absolute http or https URL that ends with /fhir
            iop.http.base-url               | https://example.org/ | absolute http or https URL that ends with /fhir
            iop.http.base-url               | ftp://ex.org/fhir    | absolute http or https URL that ends with /fhir
            iop.http.base-url               | https:///fhir        | absolute http or https URL that ends with /fhir
            iop.http.base-url               | https://e.org/a b    | absolute http or https URL that ends with /fhir
            iop.http.cors-origins           | ehr.example.org      | iop.http.cors-origins
            iop.http.trusted-proxies        | proxy.example.org    | is neither an address nor a network
            iop.http.rate.per-second        | -1                   | iop.http.rate.per-second must be between 0 and
            iop.http.rate.burst             | 0                    | iop.http.rate.burst must be between 1 and
            iop.http.rate.concurrent        | -1                   | iop.http.rate.concurrent must be between 0 and
            """)
    void namesTheBadSettingOfHttpAndWhatItMayBe(String name, String value, String wanted) {
        namesTheBadSettingAndWhatItMayBe(name, value, wanted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iop.sandbox.story",
                "iop.databse.url",
                "iop.database.poolsiz",
                "iop.pages",
                "iop.http.base-url.fhir",
                "iop.edge.body.max-sise",
                "iop.nonsense"
            })
    void refusesASettingThatItDoesNotHave(String name) {
        assertThat(failure(Map.of(name, "secret"), Map.of()))
                .hasMessageContaining(name)
                .hasMessageContaining("iop.sandbox.stories")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusesAVariableThatItDoesNotHave() {
        assertThat(failure(Map.of(), Map.of("IOP_DATABASE_POOOLSIZE", "2")))
                .hasMessageContaining("IOP_DATABASE_POOOLSIZE");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iop.rules.errors                | asam-2.1-uper        | iop.rules.errors must name rules that can be chosen
            iop.rules.warnings              | ATTENDANCE           | not ATTENDANCE
            iop.rules.information           | iop-plan-goals-open  | not iop-plan-goals-open. These are asam-2.1-adolescent
            iop.rules.off                   | duration,dration     | not dration. These are
            """)
    void namesTheRuleThatCannotBeChosen(String name, String value, String wanted) {
        assertThat(chain(failure(Map.of(name, value), Map.of()))).contains(name).contains(wanted);
    }

    @Test
    void refusesATimeZoneThatDoesNotExist() {
        assertThat(chain(failure(Map.of("iop.rules.zone", "Mountain"), Map.of())))
                .contains("iop.rules.zone must be a time zone such as America/Denver");
    }

    @Test
    void refusesARuleThatIsInTwoLists() {
        assertThat(failure(
                        Map.of("iop.rules.errors", "attendance, duration", "iop.rules.off", "eligibility,duration"),
                        Map.of()))
                .rootCause()
                .hasMessage("iop.rules.off must not name duration, which iop.rules.errors names");
    }

    @Test
    void takesEveryRuleThatCanBeChosen() {
        String rules = Stream.concat(
                        Stream.of("eligibility"), Stream.of(HourRule.values()).map(HourRule::key))
                .collect(Collectors.joining(","));

        assertThat(failure(Map.of("iop.rules.errors", rules), Map.of())).isNull();
        assertThat(failure(Map.of(), Map.of("IOP_RULES_OFF", rules))).isNull();
        assertThat(failure(Map.of("iop.rules.severity.duration", "off"), Map.of()))
                .hasMessageContaining("iop.rules.severity.duration");
    }

    @Test
    void takesEverySpellingThatSpringTakes() {
        assertThat(failure(
                        Map.of("iop.database.poolSize", "3", "iop.http.cors-origins[0]", "https://a.org"),
                        Map.of("IOP_DATABASE_USER", "u", "IOP_DATABASE_POOL_SIZE", "4", "IOP_DATABASE_POOLSIZE", "4")))
                .isNull();
    }

    @Test
    void leavesTheVariablesOfOthersAlone() {
        assertThat(failure(
                        Map.of(),
                        Map.of(
                                "IOP_HEAP", "1g",
                                "IOP_FHIR_SERVICE_HOST", "10.0.0.1",
                                "IOP_DATABASE_SERVICE_PORT_PG", "5432",
                                "IOP_DATABASE_PORT_5432_TCP", "tcp://10.0.0.2:5432")))
                .isNull();
    }

    private static String chain(@Nullable Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable link = failure; link != null; link = link.getCause()) {
            text.append(link.getMessage()).append('\n');
        }
        return text.toString();
    }

    /** What the start fails with; null when it does not. */
    private static @Nullable Throwable failure(Map<String, String> properties, Map<String, String> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(variables)));
        environment.getPropertySources().addFirst(new MapPropertySource("test", new HashMap<>(properties)));
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.setEnvironment(environment);
            context.register(Settings.class);
            return catchThrowable(context::refresh);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({
        DatabaseSettings.class,
        EdgeSettings.class,
        RateSettings.class,
        PageSettings.class,
        SearchSettings.class,
        HttpSettings.class,
        RuleSettings.class,
        SandboxSettings.class,
        AccessSettings.class
    })
    static class Settings {

        @Bean
        static UnknownSettings unknownSettings(ConfigurableEnvironment environment) {
            return new UnknownSettings(environment);
        }
    }
}
