// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A list of addresses and networks, such as {@code 10.0.0.0/8} or {@code ::1}. */
public final class Networks {

    /** No name, since a name would be asked of a name server. */
    private static final Pattern LITERAL =
            Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private final List<Network> networks;

    private Networks(List<Network> networks) {
        this.networks = networks;
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Network(byte[] address, int bits) {

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** @throws IllegalArgumentException when one of them is neither an address nor a network */
    public static Networks of(List<String> texts) {
        return new Networks(texts.stream().map(Networks::network).toList());
    }

    private static Network network(String text) {
        String[] parts = text.strip().split("/", 2);
        Optional<InetAddress> address = address(parts[0]);
        int most = address.map(found -> found.getAddress().length * 8).orElse(0);
        int bits = parts.length == 1 ? most : parts[1].matches("[0-9]{1,3}") ? Integer.parseInt(parts[1]) : -1;
        if (address.isEmpty() || bits < 0 || bits > most) {
            throw new IllegalArgumentException(text + " is neither an address nor a network such as 10.0.0.0/8");
        }
        return new Network(address.get().getAddress(), bits);
    }

    /** Whether a literal address is in one of them. */
    public boolean contain(String literal) {
        Optional<byte[]> address = address(literal).map(InetAddress::getAddress);
        return address.isPresent() && networks.stream().anyMatch(network -> network.contains(address.get()));
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return networks.isEmpty();
    }

    /** An address that stands there in figures; empty for anything else. */
    static Optional<InetAddress> address(String literal) {
        if (!LITERAL.matcher(literal).matches()) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.getByName(literal);
            // Java reads 10.1 as 10.0.0.1.
            boolean whole = literal.contains(":")
                    || literal.chars().filter(c -> c == '.').count() == 3;
            return whole ? Optional.of(address) : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /**
     * One client as its address tells it: of IPv6 the network of 64 bits, as one machine may use any address of it.
     *
     * @param literal an address; anything else stays as it is
     */
    public static String household(String literal) {
        String plain =
                literal.startsWith("[") && literal.endsWith("]") ? literal.substring(1, literal.length() - 1) : literal;
        return address(plain)
                .map(InetAddress::getAddress)
                .filter(bytes -> bytes.length == 16)
                .map(bytes -> Stream.of(0, 2, 4, 6)
                        .map(i -> Integer.toHexString((bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)))
                        .reduce((one, two) -> one + ":" + two)
                        .orElseThrow())
                .orElse(plain);
    }
}
