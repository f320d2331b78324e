-- Prints the last line for measuring.py: requests, duration in µs, median latency in µs, errors.
done = function(summary, latency)
    local errors = summary.errors
    print(summary.requests, summary.duration, latency:percentile(50),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout)
end
