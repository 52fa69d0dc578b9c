// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.util.Set;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.core.Ordered;

/**
 * Cuts HAPI's bean definitions to what this server runs, which is most of a fast start.
 *
 * <p>Definitions that this server answers itself are removed; all other beans of HAPI are made only when something
 * needs them, so batch jobs, package installer and terminology loader never exist. At last the bean factory is frozen:
 * only then does Spring cache by-type lookups, and HAPI's field injection makes thousands of them.
 */
class HapiBeans implements BeanDefinitionRegistryPostProcessor, Ordered {

    private static final Set<String> REPLACED = Set.of(
            "myJpaValidationSupportChain",
            "searchParamProvider",
            "searchParamRegistry",
            "deleteExpungeJobSubmitter",
            "resourceTypeCacheSvc",
            "resourceMetadataExtractorSvc",
            "newDatePredicateBuilder",
            "newNumberPredicateBuilder",
            "newQuantityPredicateBuilder",
            "newResourceIdPredicateBuilder",
            "newResourceLinkPredicateBuilder",
            "newHasLinkPredicateBuilder",
            "HistoryBuilder",
            "transactionProcessor");

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        for (String name : registry.getBeanDefinitionNames()) {
            if (REPLACED.contains(name) && !isOurs(registry.getBeanDefinition(name))) {
                registry.removeBeanDefinition(name);
            }
        }
        // The builders that HAPI asks for by their names.
        registry.registerAlias("visibleLinks", "newResourceLinkPredicateBuilder");
        registry.registerAlias("visibleVersions", "HistoryBuilder");
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanDefinitionNames()) {
            BeanDefinition definition = beans.getBeanDefinition(name);
            if (isHapis(definition)) {
                definition.setLazyInit(true);
            }
            if (isRepository(definition)) {
                // Spring Data parses every query of a repository when it is made; few of HAPI's are ever called.
                definition.getPropertyValues().add("lazyInit", true);
            }
        }
        beans.freezeConfiguration();
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    private static boolean isOurs(BeanDefinition definition) {
        String factory = definition.getFactoryBeanName();
        return factory != null && factory.startsWith("org.iopfhir");
    }

    private static boolean isRepository(BeanDefinition definition) {
        String type = definition.getBeanClassName();
        return type != null && type.endsWith("JpaRepositoryFactoryBean");
    }

    private static boolean isHapis(BeanDefinition definition) {
        String source = String.valueOf(definition.getFactoryBeanName()) + definition.getBeanClassName();
        return source.contains("ca.uhn.fhir");
    }
}
