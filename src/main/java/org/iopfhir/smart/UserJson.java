// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;
import org.iopfhir.access.Role;

/** Users as the file of users holds them. */
final class UserJson {

    static final String LIST = "users";
    static final String KEY = "name";

    private static final Set<String> FIELDS =
            Set.of("name", "password", "roles", "fhirUser", "patients", "organization");
    private static final String ID = "[A-Za-z0-9.-]{1,64}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private UserJson() {}

    static User read(JsonFields fields) {
        fields.only(FIELDS);
        String name = fields.required("name");
        if (name.length() > 100 || !name.equals(name.strip())) {
            throw fields.wrong("name must have at most 100 characters, and no space around it");
        }
        String password = fields.required("password");
        if (!Passwords.isHash(password)) {
            throw fields.wrong("password must be a bcrypt hash, as the command user add makes it");
        }
        Set<Role> roles = fields.roles();
        String record = fields.required("fhirUser");
        if (!record.matches("(Practitioner|Patient|RelatedPerson|Person)/" + ID)) {
            throw fields.wrong(
                    "fhirUser must be like Practitioner/1, of a Practitioner, Patient, RelatedPerson or Person");
        }
        if (roles.isEmpty()) {
            throw fields.wrong("roles is missing");
        }
        if (roles.contains(Role.PATIENT) != record.startsWith("Patient/")) {
            throw fields.wrong("the role patient goes with a fhirUser that is a Patient, and no other role does");
        }
        Set<String> patients = new HashSet<>(fields.list("patients"));
        if (!patients.isEmpty() && !roles.contains(Role.FAMILY_MEMBER)) {
            throw fields.wrong("patients is for a family-member");
        }
        if (!patients.stream().allMatch(id -> id.matches(ID))) {
            throw fields.wrong("patients must be ids");
        }
        return new User(name, password, roles, record, patients, fields.organization());
    }

    static ObjectNode write(User user) {
        ObjectNode node = JSON.createObjectNode();
        node.put("name", user.name());
        node.put("password", user.passwordHash());
        user.roles().stream().map(Role::code).sorted().forEach(node.putArray("roles")::add);
        node.put("fhirUser", user.fhirUser());
        if (!user.patients().isEmpty()) {
            user.patients().stream().sorted().forEach(node.putArray("patients")::add);
        }
        if (user.organization() != null) {
            node.put("organization", user.organization());
        }
        return node;
    }
}
