// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.junit.jupiter.api.Test;

class ClientRateTest {

    private final AtomicLong now = new AtomicLong(17);

    private ClientRate rate(int perSecond, int burst, int concurrent) {
        return new ClientRate(new RateSettings(perSecond, burst, concurrent), now::get);
    }

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static int admitted(ClientRate rate, String client, int tries) {
        int admitted = 0;
        for (int i = 0; i < tries; i++) {
            try (ClientRate.Permit permit = rate.enter(client)) {
                assertThat(permit).isNotNull();
                admitted++;
            } catch (RefusedException e) {
                assertThat(e.refusal()).isInstanceOf(Refusal.TooMany.class);
            }
        }
        return admitted;
    }

    @Test
    void letsABurstInAndThenTheRate() {
        ClientRate rate = rate(10, 30, 0);

        assertThat(admitted(rate, "a", 100)).isEqualTo(30);
        pass(1000);
        assertThat(admitted(rate, "a", 100)).isEqualTo(10);
        pass(50);
        assertThat(admitted(rate, "a", 100)).isZero();
        pass(60_000);
        assertThat(admitted(rate, "a", 100)).isEqualTo(30);
    }

    @Test
    void countsEachClientForItself() {
        ClientRate rate = rate(10, 30, 0);

        assertThat(admitted(rate, "a", 100)).isEqualTo(30);
        assertThat(admitted(rate, "b", 100)).isEqualTo(30);
    }

    @Test
    void saysWhenToComeBack() {
        ClientRate rate = rate(1, 1, 0);
        rate.enter("a").close();

        assertThatThrownBy(() -> rate.enter("a"))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal())
                                .isInstanceOfSatisfying(
                                        Refusal.TooMany.class,
                                        many -> assertThat(many.retryAfter()).isEqualTo(Duration.ofSeconds(1))));
    }

    @Test
    void letsSoManyRunAtOneTime() {
        ClientRate rate = rate(0, 1, 2);
        ClientRate.Permit first = rate.enter("a");
        ClientRate.Permit second = rate.enter("a");

        assertThatThrownBy(() -> rate.enter("a")).isInstanceOf(RefusedException.class);
        rate.enter("b").close();
        first.close();
        rate.enter("a").close();
        second.close();
        assertThat(admitted(rate, "a", 5)).isEqualTo(5);
    }

    @Test
    void aLimitOfNothingIsNone() {
        assertThat(admitted(rate(0, 1, 0), "a", 1000)).isEqualTo(1000);
    }

    @Test
    void remembersABoundedNumberOfClientsAndForgetsTheSilent() {
        ClientRate rate = rate(10, 30, 0);
        for (int i = 0; i < 60_000; i++) {
            rate.enter("address " + i).close();
        }
        assertThat(rate.remembered()).isLessThanOrEqualTo(50_000);

        pass(Duration.ofMinutes(2).toMillis());
        assertThat(rate.remembered()).isZero();
    }
}
