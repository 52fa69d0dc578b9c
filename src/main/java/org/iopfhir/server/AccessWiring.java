// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.iopfhir.access.AccessPolicy;
import org.iopfhir.access.AccessSettings;
import org.iopfhir.access.RemoteIssuer;
import org.iopfhir.access.RoleTable;
import org.iopfhir.access.Tokens;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.consent.Labels;
import org.iopfhir.server.edge.ClientRate;
import org.iopfhir.server.edge.RefusalAnswer;
import org.iopfhir.server.gate.Bases;
import org.iopfhir.server.gate.PolicyGate;
import org.iopfhir.server.gate.PolicyGate.Published;
import org.iopfhir.server.gate.TokenCheck;
import org.iopfhir.server.gate.TokenFilter;
import org.iopfhir.smart.Smart;
import org.iopfhir.smart.SmartSettings;
import org.iopfhir.storage.Access;
import org.iopfhir.storage.Gate;
import org.iopfhir.storage.PatientCompartment;
import org.iopfhir.storage.Within;
import org.iopfhir.storage.disclosure.Disclosures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The part of the wiring that decides who gets in, and to what. */
@Configuration(proxyBeanMethods = false)
class AccessWiring {

    private static final Logger LOG = LoggerFactory.getLogger(AccessWiring.class);

    /** What everybody may GET below the FHIR base: what a client needs before it can have a token. */
    static final Set<String> OPEN =
            Set.of(HttpSettings.FHIR_PATH + "/metadata", HttpSettings.FHIR_PATH + "/.well-known/smart-configuration");

    /** Types of the program itself and of no patient, which somebody who is bound to a patient reaches whole. */
    static final Set<String> SHARED = Labels.SHARED;

    /** In the compartment of each member, and so naming every one of them to each. */
    private static final Set<String> OF_SEVERAL = Set.of("Group");

    @Bean
    SelfCalls selfCalls() {
        return new SelfCalls();
    }

    @Bean
    Bases bases(HttpSettings http) {
        return new Bases(http.baseUrl(), HttpSettings.FHIR_PATH);
    }

    /** The external issuer, the embedded one, or both. */
    @Bean
    TokenCheck tokenCheck(
            AccessSettings settings,
            HttpSettings http,
            SmartSettings smart,
            Smart embedded,
            SelfCalls self,
            Clock clock) {
        List<Tokens> accepted = new ArrayList<>();
        if (settings.isExternal()) {
            if (settings.audience().isEmpty() && http.baseUrl().isEmpty()) {
                throw new IllegalArgumentException(
                        "With iop.access.issuer, iop.http.base-url or iop.access.audience must be"
                                + " set: a token for another server of the same issuer would be taken here");
            }
            accepted.add(new Tokens(new RemoteIssuer(settings), token -> false, settings, clock));
        }
        if (isEmbedded(smart, settings)) {
            AccessSettings own = AccessSettings.embedded();
            accepted.add(new Tokens(new EmbeddedIssuer(embedded), embedded.revocations(), own, clock));
        }
        if (settings.anonymous()) {
            LOG.warn("iop.access.anonymous is on: everybody who reaches this server may read and change every record");
        }
        return new TokenCheck(accepted, self, settings);
    }

    /** Whether this server issues tokens itself. */
    static boolean isEmbedded(SmartSettings smart, AccessSettings access) {
        return smart.enabled() && (!access.isExternal() || access.besideEmbedded());
    }

    /** After the log and CORS, so that refusals are logged and readable in a browser; before anything is read. */
    @Bean
    FilterRegistrationBean<TokenFilter> tokenFilter(
            TokenCheck check, Bases bases, ClientRate rate, ObjectProvider<FhirContext> fhir) {
        FilterRegistrationBean<TokenFilter> filter = new FilterRegistrationBean<>(
                new TokenFilter(check, new RefusalAnswer(fhir::getObject), bases, rate, OPEN));
        filter.addUrlPatterns(HttpSettings.FHIR_PATH + "/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 15);
        return filter;
    }

    @Bean
    AccessPolicy accessPolicy(FhirContext fhir) {
        return new AccessPolicy(
                RoleTable.shipped(),
                type -> !OF_SEVERAL.contains(type) && PatientCompartment.includes(fhir, type),
                SHARED);
    }

    @Bean
    Gate gate(AccessPolicy policy, Conformance conformance, ObjectProvider<ISearchParamRegistry> registry) {
        Set<String> types =
                conformance.publishedTypes().stream().map(Class::getSimpleName).collect(Collectors.toSet());
        Set<String> operations = ServedContent.TERMINOLOGY_OPERATIONS.values().stream()
                .flatMap(names -> names.keySet().stream())
                .map(name -> "$" + name)
                .collect(Collectors.toSet());
        return new PolicyGate(
                policy,
                new Published(types, operations),
                (type, name) ->
                        registry.getObject().getActiveSearchParam(type, name, SearchParamLookupContextEnum.SEARCH)
                                != null);
    }

    @Bean
    AccessHook accessHook(
            FhirContext fhir,
            Gate gate,
            Access access,
            Within within,
            Disclosures disclosures,
            PatientsNamed patients) {
        return new AccessHook(fhir, gate, access, within, disclosures, patients);
    }
}
