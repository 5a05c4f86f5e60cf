package io.mlp.api.dispatch;

import io.mlp.job.TraceContext;
import io.mlp.job.WaitingJob;
import io.mlp.trace.JobSpans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.util.ArrayList;
import java.util.List;

/** The spans of tickets that are sent: one of each job that is traced, whoever sends it. */
final class TicketSpans {
  private final JobSpans spans;

  TicketSpans(JobSpans spans) {
    this.spans = spans;
  }

  List<Span> of(List<OutgoingTicket> tickets) {
    List<Span> begun = new ArrayList<>();
    for (OutgoingTicket ticket : tickets) {
      for (WaitingJob job : ticket.ticket().jobs()) {
        TraceContext trace = job.trace();
        if (trace != null && trace.sampled()) {
          begun.add(begin(ticket, job, trace));
        }
      }
    }
    return begun;
  }

  private Span begin(OutgoingTicket ticket, WaitingJob job, TraceContext trace) {
    return spans
        .span("publish", trace)
        .setSpanKind(SpanKind.PRODUCER)
        .setAttribute("messaging.system", "rabbitmq")
        .setAttribute("messaging.destination.name", ticket.queue().name())
        .setAttribute("mlp.job.id", job.id().toString())
        .setAttribute("mlp.job.fence", job.fence())
        .startSpan();
  }
}
