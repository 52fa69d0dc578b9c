// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Stops the start on a setting below {@code iop.} that no settings record reads: a misspelt limit would otherwise be no
 * limit, and nobody would know.
 *
 * <p>Spring's own {@code ignoreUnknownFields = false} looks neither at environment variables nor at a misspelt group.
 */
final class UnknownSettings implements BeanFactoryPostProcessor {

    private static final String OURS = "iop.";
    private static final String OURS_IN_ENVIRONMENT = "IOP_";

    /** What Kubernetes adds to the environment for a service that happens to be called {@code iop-database}. */
    private static final Pattern SERVICE_LINK = Pattern.compile(".*_(SERVICE_(HOST|PORT).*|PORT|PORT_\\d+_.*)");

    private static final Pattern INDEX = Pattern.compile("\\[[^\\]]*]|_\\d+$");

    /** Ends a setting below which there is one for each name that the operator chooses. */
    private static final String ANY = ".<name>";

    private final ConfigurableEnvironment environment;

    UnknownSettings(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /** A setting that this server does not have. */
    static final class UnknownSettingException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UnknownSettingException(String message) {
            super(message);
        }
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        Set<String> known = new TreeSet<>();
        for (String bean : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
            Class<?> type = beans.getType(bean);
            if (type != null && type.isRecord()) {
                known.addAll(names(
                        type, type.getAnnotation(ConfigurationProperties.class).value()));
            }
        }
        refuseUnknown(known);
    }

    private static List<String> names(Class<?> record, String prefix) {
        return Arrays.stream(record.getRecordComponents())
                .flatMap(component -> names(component, prefix + "." + dashed(component.getName())))
                .toList();
    }

    private static Stream<String> names(RecordComponent component, String name) {
        Class<?> type = component.getType();
        if (Map.class.isAssignableFrom(type)) {
            return Stream.of(name + ANY);
        }
        return type.isRecord() ? names(type, name).stream() : Stream.of(name);
    }

    private static String dashed(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private void refuseUnknown(Set<String> known) {
        List<String> unknown = environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .map(source -> (EnumerablePropertySource<?>) source)
                .flatMap(source -> source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
                        ? unknownVariables(source, known)
                        : unknownProperties(source, known))
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            throw new UnknownSettingException("There is no setting " + String.join(", ", unknown)
                    + ". The settings of this server are " + String.join(", ", known) + ".");
        }
    }

    private static Stream<String> unknownProperties(EnumerablePropertySource<?> source, Set<String> known) {
        return Arrays.stream(source.getPropertyNames())
                .filter(name -> name.startsWith(OURS))
                .filter(name -> known.stream().noneMatch(setting -> isOf(setting, name)));
    }

    /** Only below a group that exists: scripts around the server have variables of their own, such as IOP_HEAP. */
    private static Stream<String> unknownVariables(EnumerablePropertySource<?> source, Set<String> known) {
        Set<String> groups = new TreeSet<>();
        known.forEach(setting -> groups.add(
                setting.substring(0, setting.indexOf('.', OURS.length()) + 1).replace('.', '_')));
        return Arrays.stream(source.getPropertyNames())
                .filter(name -> name.startsWith(OURS_IN_ENVIRONMENT))
                .filter(name -> !SERVICE_LINK.matcher(name).matches())
                .filter(name -> groups.stream().anyMatch(group -> name.startsWith(group.toUpperCase(Locale.ROOT))))
                .filter(name -> known.stream().noneMatch(setting -> isVariableOf(setting, name)));
    }

    private static boolean isOf(String setting, String name) {
        String map = plain(withoutAny(setting));
        return plain(name).equals(map) || (setting.endsWith(ANY) && plain(name).startsWith(map + "."));
    }

    private static boolean isVariableOf(String setting, String name) {
        String map = flat(withoutAny(setting));
        return flat(name).equals(map) || (setting.endsWith(ANY) && flat(name).startsWith(map));
    }

    private static String withoutAny(String setting) {
        return setting.endsWith(ANY) ? setting.substring(0, setting.length() - ANY.length()) : setting;
    }

    /** As Spring compares names: without dashes, case and position in a list. */
    private static String plain(String name) {
        return INDEX.matcher(name).replaceAll("").replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    private static String flat(String name) {
        return plain(name).replace(".", "");
    }
}
