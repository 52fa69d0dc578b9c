// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may sign in, and which clients are registered: those of the files, and those of the sandbox.
 *
 * @param clients        file of clients
 * @param users          file of users
 * @param sandboxClients by id; empty where there is no sandbox
 * @param sandboxUsers   by name; empty where there is no sandbox
 */
record Accounts(
        AccessFile<Client> clients,
        AccessFile<User> users,
        Map<String, Client> sandboxClients,
        Map<String, User> sandboxUsers) {

    Accounts {
        sandboxClients = Map.copyOf(sandboxClients);
        sandboxUsers = Map.copyOf(sandboxUsers);
    }

    Optional<Client> client(String id) {
        return Optional.ofNullable(clients.entries().get(id)).or(() -> Optional.ofNullable(sandboxClients.get(id)));
    }

    Optional<User> user(String name) {
        return Optional.ofNullable(users.entries().get(name)).or(() -> Optional.ofNullable(sandboxUsers.get(name)));
    }

    /** Origins whose pages belong to a registered app. */
    List<String> origins() {
        List<Client> all = new ArrayList<>(sandboxClients.values());
        all.addAll(clients.entries().values());
        return all.stream()
                .map(client -> client.app().allOrigins())
                .flatMap(Collection::stream)
                .toList();
    }
}
