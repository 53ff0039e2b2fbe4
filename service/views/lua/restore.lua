-- Puts back views that Redis has lost, each once: of a row that was put back before, only the views that have come since.
-- The views of an article that is not registered count for the list of all articles; `register.lua` takes them to the
-- others. KEYS: articles, agenda, restored. ARGV: the prefix, the list of all articles, the step of views that restore the
-- trending scores, the half-life of a trending view in seconds, the number of half-lives in an age;
-- the number of windows, and for each window its name, the seconds of a bucket and the number of buckets; then, for
-- each row of views, article id, step, start and number of views.
local prefix, all, trend_step = ARGV[1], ARGV[2], tonumber(ARGV[3])
local half_life, half_lives = tonumber(ARGV[4]), tonumber(ARGV[5])
local windows, place = {}, 7
for _ = 1, tonumber(ARGV[6]) do
  windows[#windows + 1] = {ARGV[place], tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2])}
  place = place + 3
end
local trend = trend_adder(prefix, KEYS[2], half_life, half_lives)

for view = place, #ARGV, 4 do
  local id, step, start = ARGV[view], tonumber(ARGV[view + 1]), tonumber(ARGV[view + 2])
  local row, article = step .. ' ' .. start .. ' ' .. id, redis.call('HGET', KEYS[1], id)
  local times = tonumber(ARGV[view + 3]) - tonumber(redis.call('HGET', KEYS[3], row) or 0)
  if times > 0 then
    redis.call('HINCRBY', KEYS[3], row, times)
    for _, list_name in ipairs(article and cjson.decode(article).on or {all}) do
      for _, window in ipairs(windows) do
        if window[2] == step then
          local name = window[1] .. ':' .. math.floor(start / step) .. ':' .. list_name
          redis.call('ZADD', KEYS[2], (math.floor(start / step) + window[3]) * step, name)
          redis.call('ZINCRBY', prefix .. 'bucket:' .. name, times, id)
          redis.call('ZINCRBY', prefix .. 'sum:' .. window[1] .. ':' .. list_name, times, id)
        end
      end
      if step == trend_step then trend(id, list_name, start + step / 2, times) end
    end
  end
end
