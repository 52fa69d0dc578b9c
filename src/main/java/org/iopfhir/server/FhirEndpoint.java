// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.rest.server.RestfulServer;
import org.iopfhir.storage.DatabaseSettings;
import org.iopfhir.storage.PageSettings;
import org.iopfhir.storage.Storage;
import org.iopfhir.storage.SystemProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import(Storage.class)
@ImportAutoConfiguration({
    ConfigurationPropertiesAutoConfiguration.class,
    ServletWebServerFactoryAutoConfiguration.class,
})
@EnableConfigurationProperties({DatabaseSettings.class, PageSettings.class})
public class FhirEndpoint {

    @Bean
    FhirApi fhirApi(
            FhirContext fhir, IInterceptorService interceptors, Storage.StoredTypes types, SystemProvider system) {
        RestfulServer server = new RestfulServer(fhir);
        server.setInterceptorService(interceptors);
        server.registerProviders(types.providers());
        server.registerProvider(system);
        return new FhirApi(server);
    }

    @Bean
    ServletRegistrationBean<FhirServlet> fhirServlet(ObjectProvider<FhirApi> api) {
        return new ServletRegistrationBean<>(new FhirServlet(() -> api.getObject().server()), "/fhir/*");
    }

    @Bean
    Storage.SearchParameters searchParameters() {
        return new Storage.SearchParameters(java.util.List.of(), "https://iop-fhir.org/fhir");
    }

    @Bean
    @org.springframework.context.annotation.Primary
    ca.uhn.fhir.context.support.IValidationSupport validationSupport(FhirContext fhir) {
        return new org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain(
                new ca.uhn.fhir.context.support.DefaultProfileValidationSupport(fhir),
                new org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport(fhir));
    }

    /** HAPI's server, wrapped: as a bean of its own Spring Boot would register it as one more servlet. */
    record FhirApi(RestfulServer server) {}
}
