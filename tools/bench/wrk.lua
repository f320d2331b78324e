-- With two arguments, a seed and the field Authorization, each request adds another room.

local ROOM = '{"code": "%08x-%04x-%04x-%04x-%012x", "size": %d, "price": %d, '
    .. '"latitude": %.6f, "longitude": %.6f}'

function init(args)
    if #args == 0 then
        return
    end
    local random = math.random
    local fields = {["Authorization"] = args[2], ["Content-Type"] = "application/json"}
    math.randomseed(tonumber(args[1]))
    function request()
        local room = ROOM:format(
            random(0, 2^32 - 1), random(0, 2^16 - 1), random(0, 2^16 - 1), random(0, 2^16 - 1),
            random(0, 2^48 - 1), random(10, 200), random(10, 499),
            120 * random() - 60, 340 * random() - 170)
        return wrk.format("POST", nil, fields, room)
    end
end

-- Prints the last line for measuring.py: requests, duration, median and 99th percentile of the
-- latency in µs, errors.
function done(summary, latency)
    local errors = summary.errors
    print(summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout)
end
