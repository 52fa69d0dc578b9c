// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.rest.server.HardcodedServerAddressStrategy;
import ca.uhn.fhir.rest.server.IServerAddressStrategy;
import ca.uhn.fhir.rest.server.IncomingRequestAddressStrategy;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.r4.model.IdType;
import org.iopfhir.access.AccessPolicy;
import org.iopfhir.access.AccessSettings;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.conformance.guide.GuideFiles;
import org.iopfhir.consent.Part2Settings;
import org.iopfhir.sandbox.Cohort;
import org.iopfhir.sandbox.SandboxSettings;
import org.iopfhir.server.edge.Admission;
import org.iopfhir.server.edge.EdgeSettings;
import org.iopfhir.server.edge.RateSettings;
import org.iopfhir.smart.SmartSettings;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.storage.Gate;
import org.iopfhir.storage.RecordFinder;
import org.iopfhir.storage.ServedTypes;
import org.iopfhir.storage.Storage;
import org.iopfhir.storage.SystemProvider;
import org.iopfhir.storage.database.DatabaseSettings;
import org.iopfhir.storage.disclosure.NoteSettings;
import org.iopfhir.storage.search.PageSettings;
import org.iopfhir.storage.search.SearchSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/** The one wiring file: which providers serve, and which stages a request passes. */
@Configuration(proxyBeanMethods = false)
@Import({
    Storage.class,
    AuditTrail.class,
    Observation.class,
    AccessWiring.class,
    Part2Wiring.class,
    SmartWiring.class,
    EdgeWiring.class
})
@EnableConfigurationProperties({
    DatabaseSettings.class,
    PageSettings.class,
    SearchSettings.class,
    HttpSettings.class,
    EdgeSettings.class,
    RateSettings.class,
    RuleSettings.class,
    SandboxSettings.class,
    AccessSettings.class,
    Part2Settings.class,
    NoteSettings.class
})
public class FhirEndpoint {

    @Bean
    FhirApi fhirApi(
            Conformance conformance,
            HttpSettings http,
            IInterceptorService interceptors,
            Storage.StoredTypes types,
            SystemProvider system,
            Capabilities capabilities,
            Part2Wiring.Operations part2,
            Hooks hooks) {
        RestfulServer server = new LeanRestfulServer(conformance.fhir());
        server.setServerAddressStrategy(address(http));
        // One service for REST and JPA: a hook on the REST server alone would miss what runs beside it.
        server.setInterceptorService(interceptors);
        hooks.register(interceptors, conformance, types);
        server.registerProviders(types.providers());
        server.registerProvider(system);
        part2.providers().forEach(server::registerProvider);
        conformance.providers().forEach(server::registerProvider);
        ServedTypes.names()
                .forEach(type -> server.registerProvider(conformance.validateOperation(type, (resource, request) -> {
                    hooks.access().beforeValidation(resource, request);
                    return hooks.rules().check(resource, request);
                })));
        server.setServerConformanceProvider(capabilities);
        return new FhirApi(server);
    }

    @Bean
    Hooks hooks(RequestLog requestLog, AccessHook access, RuleHook rules, Hooks.OfPart2 part2, AuditHook audit) {
        return new Hooks(requestLog, access, rules, part2, audit);
    }

    private static IServerAddressStrategy address(HttpSettings http) {
        return http.baseUrl().isEmpty()
                ? new IncomingRequestAddressStrategy()
                : new HardcodedServerAddressStrategy(http.baseUrl());
    }

    @Bean
    RuleHook ruleHook(Conformance conformance, RecordFinder finder, RuleSettings settings, Gate gate) {
        return new RuleHook(new RecordRules(finder, conformance.iop(), settings), gate);
    }

    /** Static, so that it speaks before any other bean is made. */
    @Bean
    static UnknownSettings unknownSettings(ConfigurableEnvironment environment) {
        return new UnknownSettings(environment);
    }

    @Bean
    Capabilities capabilities(
            ISearchParamRegistry registry,
            Conformance conformance,
            AccessPolicy policy,
            Clock clock,
            HttpSettings http,
            SmartSettings smart,
            AccessSettings access) {
        boolean cors = !http.corsOrigins().isEmpty() || AccessWiring.isEmbedded(smart, access);
        ServedContent content = ServedContent.of(conformance, policy.roles());
        return new Capabilities(
                registry, content, Date.from(clock.instant()), cors, AccessWiring.isEmbedded(smart, access));
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    RequestLog requestLog(MeterRegistry meters) {
        return new RequestLog(meters);
    }

    @Bean
    FilterRegistrationBean<RequestLog> requestLogFilter(RequestLog log) {
        FilterRegistrationBean<RequestLog> filter = new FilterRegistrationBean<>(log);
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    /** Last, so that a request waits for its turn only when it is complete and allowed. */
    @Bean
    FilterRegistrationBean<Admission> admissionFilter(DatabaseSettings database, ObjectProvider<FhirContext> fhir) {
        FilterRegistrationBean<Admission> filter = new FilterRegistrationBean<>(
                new Admission(database.places(), database.connectionTimeout(), fhir::getObject));
        filter.addUrlPatterns(HttpSettings.FHIR_PATH + "/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 30);
        return filter;
    }

    @Bean
    ServletRegistrationBean<FhirServlet> fhirServlet(ObjectProvider<FhirApi> api) {
        return new ServletRegistrationBean<>(
                new FhirServlet(() -> api.getObject().server()), HttpSettings.FHIR_PATH + "/*");
    }

    @Bean
    ServletRegistrationBean<GuideServlet> guideServlet(ObjectProvider<Conformance> conformance) {
        return new ServletRegistrationBean<>(
                new GuideServlet(() -> new GuideFiles(conformance.getObject().iop())), HttpSettings.GUIDE_PATH + "/*");
    }

    @Bean
    Conformance conformance() {
        return Conformance.open();
    }

    @Bean
    @Primary
    FhirContext fhirContext(Conformance conformance) {
        return conformance.fhir();
    }

    @Bean
    @Primary
    IValidationSupport validationSupport(Conformance conformance) {
        return conformance.terminology().support();
    }

    @Bean
    Storage.SearchParameters searchParameters(Conformance conformance) {
        return new Storage.SearchParameters(conformance.iop().searchParameters(), Conformance.CANONICAL_BASE);
    }

    @Bean
    WarmUp warmUp(
            ServletWebServerApplicationContext web,
            Conformance conformance,
            SandboxSettings sandbox,
            SelfCalls self,
            BundleStore store,
            SmartStart smart,
            Upgrade upgrade) {
        Cohort cohort = new Cohort(store::everStored, store::store);
        List<Cohort.Story> stories = !sandbox.stories()
                ? List.of()
                : conformance.iop().stories().stream()
                        .map(story -> new Cohort.Story(new IdType("Patient", story.patient()), story.transaction()))
                        .toList();
        return new WarmUp(
                web, self, List.of(conformance.check()::warm, () -> cohort.load(stories), smart, upgrade::start));
    }

    /** HAPI's server, wrapped: as a bean of its own Spring Boot would register it as one more servlet. */
    record FhirApi(RestfulServer server) {}
}
