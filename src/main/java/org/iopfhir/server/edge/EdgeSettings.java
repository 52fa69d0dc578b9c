// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much a client may ask of this server in one request. The defaults let a transaction of several thousand entries
 * pass and fit a heap of 512 MB.
 */
@ConfigurationProperties("iop.edge")
public record EdgeSettings(
        @DefaultValue Body body,
        @DefaultValue Content content,
        @DefaultValue Query query) {

    /**
     * @param maxSize     of a body as it is sent
     * @param maxUnpacked of a body after decompression
     * @param maxRatio    unpacked to packed size; FHIR JSON packs about 1:10 to 1:30
     * @param maxTogether of all bodies held in memory at one time; beyond it clients are asked to come back
     * @param maxUnauthenticated of a body of somebody who is not known yet: the forms and registrations of sign-in
     * @param deadline    from the request line until the whole body must be here
     */
    public record Body(
            @DefaultValue("16MB") DataSize maxSize,
            @DefaultValue("32MB") DataSize maxUnpacked,
            @DefaultValue("100") int maxRatio,
            @DefaultValue("96MB") DataSize maxTogether,
            @DefaultValue("64KB") DataSize maxUnauthenticated,
            @DefaultValue("30s") Duration deadline) {

        public Body {
            atLeast("iop.edge.body.max-size", 1, maxSize.toBytes());
            atLeast("iop.edge.body.max-unauthenticated", 1, maxUnauthenticated.toBytes());
            atLeast("iop.edge.body.max-unpacked", maxSize.toBytes(), maxUnpacked.toBytes());
            atMost("iop.edge.body.max-unpacked", DataSize.ofGigabytes(1).toBytes(), maxUnpacked.toBytes());
            atLeast("iop.edge.body.max-ratio", 1, maxRatio);
            atLeast("iop.edge.body.max-together", maxUnpacked.toBytes(), maxTogether.toBytes());
            if (deadline.isNegative() || deadline.isZero()) {
                throw new IllegalArgumentException("iop.edge.body.deadline must be longer than nothing, such as 30s");
            }
        }
    }

    /**
     * @param maxJsonDepth    objects and arrays within each other
     * @param maxXmlDepth     elements within each other, those of the narrative included
     * @param maxNumberLength characters of one number
     * @param maxExponent     of ten, in either direction: {@code 1e999999999} would be written out as a gigabyte
     * @param maxEntries      of a Bundle
     */
    public record Content(
            @DefaultValue("64") int maxJsonDepth,
            @DefaultValue("100") int maxXmlDepth,
            @DefaultValue("64") int maxNumberLength,
            @DefaultValue("99") int maxExponent,
            @DefaultValue("5000") int maxEntries) {

        public Content {
            atLeast("iop.edge.content.max-json-depth", 1, maxJsonDepth);
            // HAPI and Jackson go through nested elements by recursion.
            atMost("iop.edge.content.max-json-depth", 1000, maxJsonDepth);
            atLeast("iop.edge.content.max-xml-depth", 1, maxXmlDepth);
            atMost("iop.edge.content.max-xml-depth", 1000, maxXmlDepth);
            atLeast("iop.edge.content.max-number-length", 18, maxNumberLength);
            atMost("iop.edge.content.max-number-length", 1000, maxNumberLength);
            atLeast("iop.edge.content.max-exponent", 1, maxExponent);
            atMost("iop.edge.content.max-exponent", 1000, maxExponent);
            atLeast("iop.edge.content.max-entries", 1, maxEntries);
        }
    }

    /**
     * Limits on a query, be it in the URL, in the form of a {@code _search} or in an entry of a Bundle.
     *
     * @param maxLength     characters, as sent
     * @param maxParameters a parameter that comes twice counts twice
     * @param maxValues     in one list that is joined by commas
     */
    public record Query(
            @DefaultValue("32768") int maxLength,
            @DefaultValue("64") int maxParameters,
            @DefaultValue("200") int maxValues) {

        public Query {
            atLeast("iop.edge.query.max-length", 1, maxLength);
            atLeast("iop.edge.query.max-parameters", 1, maxParameters);
            atLeast("iop.edge.query.max-values", 1, maxValues);
        }
    }

    private static void atLeast(String property, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(property + " must be at least " + least);
        }
    }

    private static void atMost(String property, long most, long value) {
        if (value > most) {
            throw new IllegalArgumentException(property + " must be at most " + most);
        }
    }
}
