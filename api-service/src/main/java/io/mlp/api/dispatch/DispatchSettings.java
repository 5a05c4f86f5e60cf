package io.mlp.api.dispatch;

import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketQueue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of dispatching.
 *
 * @param queueType how RabbitMQ keeps the queues; the worker's {@code worker.intake.queue-type}
 *     must be the same
 * @param window the most jobs whose tickets wait in one queue; jobs beyond it wait in PostgreSQL
 *     alone
 * @param jobsPerTicket the most jobs that one ticket is for; fewer where jobs are slow
 * @param redispatchAfter a job still unclaimed so long after its ticket was sent gets another
 *     ticket; the next one after as long as it has waited by then, a minute at most
 * @param ticketInputs the most bytes of a job's inputs that its ticket brings along, so that the
 *     worker need not read them from PostgreSQL; the broker keeps them as it keeps the ticket
 * @param interval how often backlogs are looked at; other reasons for a ticket, at a fifth of that
 * @param confirmTimeout how long the broker may take to confirm a batch of tickets
 * @param publishBatch the most tickets of one batch
 */
@Validated
@ConfigurationProperties(prefix = "api.dispatch", ignoreUnknownFields = false)
public record DispatchSettings(
    @DefaultValue("classic") TicketQueue.@NotNull Type queueType,
    @DefaultValue("10000") @Min(1) @Max(100_000) int window,
    @DefaultValue("8") @Min(1) @Max(Ticket.MOST_JOBS) int jobsPerTicket,
    @DefaultValue("5s") @NotNull @DurationMin(seconds = 1) Duration redispatchAfter,
    @DefaultValue("4KB") @NotNull DataSize ticketInputs,
    @DefaultValue("50ms") @NotNull @DurationMin(millis = 10) Duration interval,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 100) Duration confirmTimeout,
    @DefaultValue("500") @Min(1) @Max(10_000) int publishBatch) {}
