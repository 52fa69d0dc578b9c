// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import java.util.Arrays;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.iopfhir.server.edge.AnswerHeaders;
import org.iopfhir.server.edge.BodyArrival;
import org.iopfhir.server.edge.BodyMemory;
import org.iopfhir.server.edge.ClientRate;
import org.iopfhir.server.edge.EdgeFilter;
import org.iopfhir.server.edge.EdgeSettings;
import org.iopfhir.server.edge.Networks;
import org.iopfhir.server.edge.RateFilter;
import org.iopfhir.server.edge.RateSettings;
import org.iopfhir.server.edge.RefusalAnswer;
import org.iopfhir.server.edge.SmallBodyFilter;
import org.iopfhir.server.edge.TrustedProxies;
import org.iopfhir.server.gate.Bases;
import org.iopfhir.server.gate.TokenCheck;
import org.iopfhir.smart.Smart;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.embedded.jetty.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.filter.CorsFilter;

/** The part of the wiring that looks at a request before anybody asks what it wants. */
@Configuration(proxyBeanMethods = false)
class EdgeWiring {

    @Bean
    FilterRegistrationBean<CorsFilter> corsFilter(HttpSettings http, Smart smart) {
        FilterRegistrationBean<CorsFilter> filter =
                new FilterRegistrationBean<>(Cors.filter(http.corsOrigins(), smart::origins));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return filter;
    }

    @Bean
    ClientRate clientRate(RateSettings settings) {
        return new ClientRate(settings);
    }

    /** What is answered beside the FHIR API; there TokenFilter asks for the rate, when it knows the client. */
    @Bean
    FilterRegistrationBean<RateFilter> rateFilter(ClientRate rate, ObjectProvider<FhirContext> fhir) {
        FilterRegistrationBean<RateFilter> filter =
                new FilterRegistrationBean<>(new RateFilter(rate, new RefusalAnswer(fhir::getObject)));
        filter.addUrlPatterns(Smart.paths().toArray(String[]::new));
        filter.addUrlPatterns(HttpSettings.GUIDE_PATH + "/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 12);
        return filter;
    }

    @Bean
    BodyMemory bodyMemory(EdgeSettings edge) {
        return new BodyMemory(edge);
    }

    @Bean
    LargestBody largestBody(EdgeSettings edge, Smart smart, TokenCheck tokens, Bases bases) {
        return new LargestBody(edge.body().maxSize().toBytes(), smart::largestBody, tokens, bases);
    }

    /** What is sent to sign in, which the filter of the FHIR API does not see. */
    @Bean
    FilterRegistrationBean<SmallBodyFilter> smallBodyFilter(
            EdgeSettings edge, BodyMemory memory, ObjectProvider<FhirContext> fhir) {
        FilterRegistrationBean<SmallBodyFilter> filter =
                new FilterRegistrationBean<>(new SmallBodyFilter(edge, memory, fhir::getObject));
        filter.addUrlPatterns(Smart.paths().toArray(String[]::new));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 13);
        return filter;
    }

    /** After the log and CORS, so that its refusals are logged, and readable in a browser. */
    @Bean
    FilterRegistrationBean<EdgeFilter> edgeFilter(
            EdgeSettings edge, BodyMemory memory, LargestBody largest, ObjectProvider<FhirContext> fhir) {
        FilterRegistrationBean<EdgeFilter> filter =
                new FilterRegistrationBean<>(new EdgeFilter(edge, memory, largest::of, fhir::getObject));
        filter.addUrlPatterns(HttpSettings.FHIR_PATH + "/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 20);
        return filter;
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> jetty(
            EdgeSettings edge,
            HttpSettings http,
            BodyMemory memory,
            ObjectProvider<FhirContext> fhir,
            LargestBody largest) {
        AnswerHeaders headers = new AnswerHeaders(http.baseUrl());
        return jetty -> jetty.addServerCustomizers(server -> {
            server.insertHandler(new BodyArrival(edge, memory, HttpSettings.FHIR_PATH, largest::of));
            JettyRefusals.answerFor(server, fhir::getObject, headers);
            OwnTls.onlyModern(server);
            look(server, new TrustedProxies(Networks.of(http.trustedProxies())), headers);
        });
    }

    /**
     * Let each of them look at a request, in their order, after Jetty's own have. No headers are remembered: Jetty's memory
     * of a connection is too small for two tokens, and would be emptied and filled with each request.
     */
    private static void look(Server server, HttpConfiguration.Customizer... customizers) {
        for (Connector connector : server.getConnectors()) {
            for (ConnectionFactory factory : connector.getConnectionFactories()) {
                if (factory instanceof HttpConfiguration.ConnectionFactory http) {
                    http.getHttpConfiguration().setHeaderCacheSize(0);
                    Arrays.asList(customizers).forEach(http.getHttpConfiguration()::addCustomizer);
                }
            }
        }
    }
}
