// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** Compares configuration.md with the settings records. */
class ConfigurationDocTest {

    private static final Path DOCUMENT = Path.of("src", "site", "markdown", "configuration.md");

    /** A row of a table: property, type, default, range, what it does. */
    private static final Pattern ROW = Pattern.compile("\\| `(iop\\.[a-z0-9.-]+)` \\| ([^|]*) \\| ([^|]*) \\| (.*)");

    private static final Map<String, String> DEFAULTS = new TreeMap<>();
    private static final Map<String, String> DOCUMENTED = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (Class<?> settings : records()) {
            String prefix = Objects.requireNonNull(settings.getAnnotation(ConfigurationProperties.class))
                    .value();
            collect(prefix, settings);
        }
        for (String line : Files.readAllLines(DOCUMENT, StandardCharsets.UTF_8)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                DOCUMENTED.put(row.group(1), row.group(3).trim().replace("`", ""));
            }
        }
    }

    @Test
    void seesTheSettings() {
        assertThat(DEFAULTS).containsKey("iop.database.url").hasSizeGreaterThan(15);
    }

    @Test
    void everySettingIsDocumentedAndEveryDocumentedOneExists() {
        assertThat(DOCUMENTED.keySet()).isEqualTo(DEFAULTS.keySet());
    }

    @Test
    void theDefaultsAreAsDocumented() {
        assertThat(DOCUMENTED).isEqualTo(DEFAULTS);
    }

    private static List<Class<?>> records() {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        List<Class<?>> found = new ArrayList<>();
        for (BeanDefinition definition : scanner.findCandidateComponents("org.iopfhir")) {
            try {
                found.add(Class.forName(definition.getBeanClassName()));
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }
        return found;
    }

    private static void collect(String prefix, Class<?> settings) {
        RecordComponent[] components = settings.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            String name = prefix + "." + kebab(components[i].getName());
            if (components[i].getType().isRecord()) {
                collect(name, components[i].getType());
            } else {
                // The annotation is on the parameter of the canonical constructor only.
                DEFAULTS.put(
                        name, defaultOf(settings.getDeclaredConstructors()[0].getParameters()[i]));
            }
        }
    }

    private static String defaultOf(Parameter parameter) {
        DefaultValue value = parameter.getAnnotation(DefaultValue.class);
        if (value == null) {
            return "none";
        }
        return value.value().length == 0 || value.value()[0].isEmpty() ? "empty" : String.join(", ", value.value());
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
