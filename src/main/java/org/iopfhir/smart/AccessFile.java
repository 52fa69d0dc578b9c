// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of clients or of users, read again when it has changed. A file that is not there holds nobody.
 *
 * @param <T> what an entry is
 */
final class AccessFile<T> {

    private static final Logger LOG = LoggerFactory.getLogger(AccessFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

    private final Path path;
    private final String list;
    private final String key;
    private final Function<JsonFields, T> read;
    private final Function<T, String> name;

    private Map<String, T> entries = Map.of();
    private Stamp stamp = Stamp.NONE;
    private long lastLook;

    private AccessFile(Path path, String list, String key, Function<JsonFields, T> read, Function<T, String> name) {
        this.path = path;
        this.list = list;
        this.key = key;
        this.read = read;
        this.name = name;
        load(stampNow());
    }

    /** @throws BadEntryException when an entry cannot be read */
    static AccessFile<Client> ofClients(String path) {
        return new AccessFile<>(Path.of(path), ClientJson.LIST, ClientJson.KEY, ClientJson::read, Client::id);
    }

    /** @throws BadEntryException when an entry cannot be read */
    static AccessFile<User> ofUsers(String path) {
        return new AccessFile<>(Path.of(path), UserJson.LIST, UserJson.KEY, UserJson::read, User::name);
    }

    /** What tells that a file has changed. */
    private record Stamp(FileTime time, long size) {
        static final Stamp NONE = new Stamp(FileTime.fromMillis(0), -1);
    }

    /** The entries by name, as the file was at most a second ago; as it was before, when it has become unreadable. */
    synchronized Map<String, T> entries() {
        long now = System.nanoTime();
        if (now - lastLook > BETWEEN_LOOKS) {
            lastLook = now;
            Stamp current = stampNow();
            if (!current.equals(stamp)) {
                try {
                    load(current);
                } catch (BadEntryException e) {
                    stamp = current;
                    LOG.error("The file was changed and is not used as it is now. {}", e.getMessage());
                }
            }
        }
        return entries;
    }

    private Stamp stampNow() {
        try {
            return Files.exists(path) ? new Stamp(Files.getLastModifiedTime(path), Files.size(path)) : Stamp.NONE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(Stamp current) {
        Map<String, T> loaded = new LinkedHashMap<>();
        JsonFields.entries(path.getFileName().toString(), root(), list, key, read)
                .forEach(entry -> loaded.put(name.apply(entry), entry));
        entries = loaded;
        stamp = current;
    }

    private ObjectNode root() {
        try {
            if (!Files.exists(path)) {
                ObjectNode empty = JSON.createObjectNode();
                empty.putArray(list);
                return empty;
            }
            if (JSON.readTree(Files.readString(path, StandardCharsets.UTF_8)) instanceof ObjectNode object) {
                return object;
            }
            throw new BadEntryException(path.getFileName() + ": must be a JSON object");
        } catch (JsonProcessingException e) {
            throw new BadEntryException(
                    path.getFileName() + ": is no JSON, line " + e.getLocation().getLineNr());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Add an entry to the file, or replace the one of that name.
     *
     * @throws BadEntryException when it could not be read again; then the file stays as it is
     */
    synchronized void put(ObjectNode entry) {
        change(root -> {
            ArrayNode kept = without(root, entry.path(key).asText());
            kept.add(entry);
            root.set(list, kept);
        });
    }

    /** Remove an entry; false when there is none of that name. */
    synchronized boolean remove(String entry) {
        if (!entries.containsKey(entry)) {
            return false;
        }
        change(root -> root.set(list, without(root, entry)));
        return true;
    }

    private ArrayNode without(ObjectNode root, String entry) {
        ArrayNode kept = JSON.createArrayNode();
        for (JsonNode node : root.path(list)) {
            if (!node.path(key).asText().equals(entry)) {
                kept.add(node);
            }
        }
        return kept;
    }

    private void change(java.util.function.Consumer<ObjectNode> edit) {
        ObjectNode root = root();
        edit.accept(root);
        JsonFields.entries(path.getFileName().toString(), root, list, key, read);
        try {
            writeWhole(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        load(stampNow());
    }

    /** Write a file that only its owner may read; whoever reads it sees the old content or the new one. */
    static void writeWhole(Path path, String content) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path draft = Files.createTempFile(folder, ".draft", ".json");
        if (Files.getFileStore(draft).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(
                    draft, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
        Files.writeString(draft, content, StandardCharsets.UTF_8);
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
