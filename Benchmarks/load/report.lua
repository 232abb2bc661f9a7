-- For wrk. Each file named in the list FILES, one path a line, is a body in turn. PAUSE, in milliseconds, is how long a
-- connection rests on average between requests, drawn so that arrivals are random. The report is one line.

local bodies = {}
local position = 0
local pause = tonumber(os.getenv("PAUSE") or "0")

-- Threads get numbers, so that they do not walk through the files side by side.
local threads = 0
function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(arguments)
   math.randomseed(number + 1)
   for path in io.lines(os.getenv("FILES")) do
      local file = io.open(path, "rb")
      bodies[#bodies + 1] = file:read("*a")
      file:close()
   end
   position = math.floor(number * #bodies / 2)
   wrk.method = os.getenv("METHOD")
   wrk.headers["Content-Type"] = os.getenv("TYPE")
end

function request()
   position = position % #bodies + 1
   return wrk.format(nil, nil, nil, bodies[position])
end

if pause > 0 then
   function delay() return math.floor(-math.log(1 - math.random()) * pause + 0.5) end
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format("report %d %.1f %.3f %.3f %d\n", summary.requests,
      summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
      errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
