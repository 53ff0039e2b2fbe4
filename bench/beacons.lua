-- Page views of ever new readers: each request from another address, of one of ARTICLES articles.
local n, articles = tonumber(os.getenv("FIRST")), tonumber(os.getenv("ARTICLES"))
wrk.method = "POST"
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

request = function()
  n = n + 1
  wrk.headers["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256)
  return wrk.format(nil, "/articles/bench-" .. n % articles .. "/views")
end

-- Milliseconds that a connection waits: so many come, and no more than are to be counted.
delay = function() return tonumber(os.getenv("DELAY")) end

done = function(summary, latency)
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "p99": %d, "refused": %d, "lost": %d}\n',
    summary.requests, summary.duration, latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  ))
end
