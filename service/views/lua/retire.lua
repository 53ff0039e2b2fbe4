-- Subtracts a portion of the oldest bucket that has left its window from the sum, or deletes a key at its end. Each
-- article of a bucket is subtracted once, also if several processes call. KEYS: agenda. ARGV: prefix, current time,
-- portion. Returns 1 while there may be more to do, otherwise 0.
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, 1)[1]
if not due then return 0 end
if string.sub(due, 1, 4) == 'end:' then  -- a key
  redis.call('UNLINK', ARGV[1] .. string.sub(due, 5))
  redis.call('ZREM', KEYS[1], due)
  return 1
end
local window, list_name = string.match(due, '^([^:]*):[^:]*:(.*)$')
local members = redis.call('ZPOPMIN', ARGV[1] .. 'bucket:' .. due, ARGV[3])
local sum = ARGV[1] .. 'sum:' .. window .. ':' .. list_name
for i = 1, #members, 2 do
  if tonumber(redis.call('ZINCRBY', sum, -tonumber(members[i + 1]), members[i])) <= 0 then
    redis.call('ZREM', sum, members[i])
  end
end
if #members < 2 * tonumber(ARGV[3]) then redis.call('ZREM', KEYS[1], due) end
return 1
