-- What measuring.py reads, on the last line: requests, microseconds, the median latency, errors.
done = function(summary, latency)
    local errors = summary.errors
    print(summary.requests, summary.duration, latency:percentile(50),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout)
end
