// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.iopfhir.access.AccessSettings;
import org.iopfhir.sandbox.SandboxSettings;
import org.iopfhir.smart.Entries;
import org.iopfhir.smart.KeySettings;
import org.iopfhir.smart.SandboxAccess;
import org.iopfhir.smart.Smart;
import org.iopfhir.smart.SmartSettings;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.storage.EntryStore;
import org.iopfhir.storage.PatientNames;
import org.iopfhir.storage.RecordFinder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The embedded authorization server, beside the FHIR API: its filter covers paths of its own only. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({SmartSettings.class, KeySettings.class, SandboxSettings.class})
class SmartWiring {

    private static final Logger LOG = LoggerFactory.getLogger(SmartWiring.class);

    @Bean
    SandboxAccess sandboxAccess(SandboxSettings sandbox, SmartSettings smart, AccessSettings access) {
        return sandbox.access() && AccessWiring.isEmbedded(smart, access)
                ? SandboxAccess.open(Path.of(sandbox.credentialsFile()))
                : SandboxAccess.none();
    }

    @Bean
    Smart smart(SmartSettings settings, KeySettings key, SandboxAccess sandbox, EntryStore store, Clock clock) {
        return Smart.open(settings, key, sandbox, new Stored(store), clock);
    }

    @Bean
    SmartStart smartStart(
            Smart smart,
            SandboxAccess access,
            SandboxSettings settings,
            HttpSettings http,
            BundleStore store,
            ServletWebServerApplicationContext web) {
        return new SmartStart(smart, access, settings, http, store, web);
    }

    /** After the log and CORS; it answers what it covers, so that no filter of the FHIR API comes after it. */
    @Bean
    FilterRegistrationBean<Filter> smartFilter(
            Smart smart,
            SmartSettings settings,
            AccessSettings access,
            HttpSettings http,
            ObjectProvider<RecordFinder> records,
            ObjectProvider<PatientNames> names) {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(new OnDemand(
                () -> smart.filter(http.baseUrl(), new StoredPatients(records.getObject(), names.getObject()))));
        filter.addUrlPatterns(Smart.paths().toArray(String[]::new));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 15);
        filter.setEnabled(AccessWiring.isEmbedded(settings, access));
        return filter;
    }

    /** Made by the first request that it covers: the start does not wait for Spring Security's classes. */
    private static final class OnDemand extends HttpFilter {

        private static final long serialVersionUID = 1L;

        private final transient Supplier<Filter> make;
        private transient volatile @Nullable Filter made;

        OnDemand(Supplier<Filter> make) {
            this.make = make;
        }

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            Filter filter = made;
            if (filter == null) {
                synchronized (this) {
                    filter = made == null ? make.get() : made;
                    made = filter;
                }
            }
            try {
                filter.doFilter(request, response, chain);
            } catch (RuntimeException e) {
                // Jetty's own page would tell of the inside.
                LOG.error("authorization-failed failure={}", e.getClass().getName());
                if (!response.isCommitted()) {
                    response.resetBuffer();
                    response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
                    response.setContentType("application/json");
                    response.getWriter().write("{\"error\":\"server_error\"}");
                }
            }
        }
    }

    private record Stored(EntryStore store) implements Entries {

        @Override
        public boolean add(String kind, String id, String owner, String content, long expires) {
            return store.add(kind, id, owner, content, expires);
        }

        @Override
        public void put(String kind, String id, String owner, String content, long expires) {
            store.put(kind, id, owner, content, expires);
        }

        @Override
        public Optional<String> find(String kind, String id) {
            return store.find(kind, id);
        }

        @Override
        public Optional<String> take(String kind, String id) {
            return store.take(kind, id);
        }

        @Override
        public boolean remove(String kind, String id) {
            return store.remove(kind, id);
        }

        @Override
        public void removeAllOf(String kind, String owner) {
            store.removeAllOf(kind, owner);
        }

        @Override
        public List<String> all(String kind) {
            return store.all(kind);
        }

        @Override
        public List<String> allOf(String kind, String owner) {
            return store.allOf(kind, owner);
        }
    }
}
