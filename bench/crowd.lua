-- Requests of a crowd: each of as many addresses as the first argument says, with one of 40 programs, in turn.
-- wrk.lua says what is printed.
dofile((debug.getinfo(1, "S").source:sub(2):gsub("crowd.lua$", "wrk.lua")))
local requests, turn, size = {}, 0, 0
init = function(args)
  size = tonumber(args[1])
  for n = 0, size - 1 do
    local headers = {}
    for name, value in pairs(wrk.headers) do headers[name] = value end
    headers["User-Agent"] = string.format("NetNewsWire/%d (RSS Reader; https://netnewswire.com/)", n % 40)
    headers["X-Forwarded-For"] = string.format("10.%d.%d.%d", n % 7, n / 250, n % 250)
    requests[n] = wrk.format(nil, nil, headers)
  end
end
request = function()
  turn = (turn + 1) % size
  return requests[turn]
end
