// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.dao.BaseHapiFhirResourceDao;
import ca.uhn.fhir.jpa.dao.JpaResourceDao;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoBundle;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoCodeSystem;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoComposition;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoConceptMap;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoEncounter;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoObservation;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoPatient;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoSearchParameter;
import ca.uhn.fhir.jpa.dao.JpaResourceDaoValueSet;
import com.google.common.collect.Iterables;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;

/** Registers one HAPI DAO per served type, under the name that HAPI itself gives it. */
class TypeDaos implements ImportBeanDefinitionRegistrar {

    /** HAPI's terminology looks these DAOs up by name. No client reaches them; the tables behind them stay empty. */
    private static final List<String> TERMINOLOGY = List.of("CodeSystem", "ConceptMap", "ValueSet", "SearchParameter");

    static String beanName(String type) {
        return "my" + type + "DaoR4";
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) registry;
        for (String type : Iterables.concat(ServedTypes.names(), TERMINOLOGY)) {
            RootBeanDefinition definition = new RootBeanDefinition();
            definition.setBeanClass(emptyDao(type).getClass());
            definition.setInstanceSupplier(() -> newDao(type, beans.getBean(FhirContext.class)));
            registry.registerBeanDefinition(beanName(type), definition);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends IBaseResource> BaseHapiFhirResourceDao<T> newDao(String type, FhirContext fhir) {
        BaseHapiFhirResourceDao<T> dao = (BaseHapiFhirResourceDao<T>) emptyDao(type);
        dao.setResourceType((Class<T>) fhir.getResourceDefinition(type).getImplementingClass());
        dao.setContext(fhir);
        return dao;
    }

    private static BaseHapiFhirResourceDao<?> emptyDao(String type) {
        return switch (type) {
            case "CodeSystem" -> new JpaResourceDaoCodeSystem<>();
            case "ConceptMap" -> new JpaResourceDaoConceptMap<>();
            case "SearchParameter" -> new JpaResourceDaoSearchParameter<>();
            case "ValueSet" -> new JpaResourceDaoValueSet<>();
            case "Bundle" -> new JpaResourceDaoBundle<>();
            case "Composition" -> new JpaResourceDaoComposition<>();
            case "Encounter" -> new JpaResourceDaoEncounter<>();
            case "Observation" -> new JpaResourceDaoObservation<>();
            case "Patient" -> new JpaResourceDaoPatient<>();
            default -> new JpaResourceDao<>();
        };
    }
}
