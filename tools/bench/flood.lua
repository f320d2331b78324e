-- Appends a new code to the path of each request, so that no result can be kept. Prints the last
-- line for heavy.py: responses, and how many of them were refused.
local number = 0

request = function()
    number = number + 1
    return wrk.format("GET", wrk.path .. string.format("00000000-0000-4000-8000-%012d", number))
end

done = function(summary)
    print(summary.requests, summary.errors.status)
end
