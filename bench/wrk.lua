-- What wrk prints is for people, and ends at the 99th percentile.
done = function(summary, latency)
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "bytes": %d, "p50": %d, "p99": %d, "p999": %d, "refused": %d, "lost": %d}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  ))
end
