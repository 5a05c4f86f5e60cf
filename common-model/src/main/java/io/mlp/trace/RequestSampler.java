package io.mlp.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Records some of the requests that come in, and everything that follows from these, in whatever
 * process. What a client says is not asked: with its flag, or with a trace id of its choice, it
 * could raise the rate for all of its jobs.
 */
public final class RequestSampler implements Sampler {
  private final double share;
  private final DoubleSupplier random;

  /**
   * @param share of the requests that are recorded, from 0 to 1
   */
  public RequestSampler(double share) {
    this(share, () -> ThreadLocalRandom.current().nextDouble());
  }

  RequestSampler(double share, DoubleSupplier random) {
    this.share = share;
    this.random = random;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    boolean sampled =
        kind == SpanKind.SERVER ? random.getAsDouble() < share : follows(parent, links);
    return sampled ? SamplingResult.recordAndSample() : SamplingResult.drop();
  }

  /** A micro-batch has no parent, but links to the jobs that share it. */
  private static boolean follows(Context parent, List<LinkData> links) {
    return Span.fromContext(parent).getSpanContext().isSampled()
        || links.stream().anyMatch(link -> link.getSpanContext().isSampled());
  }

  @Override
  public String getDescription() {
    return "RequestSampler{%s}".formatted(share);
  }
}
