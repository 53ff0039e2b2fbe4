-- Puts back views that Redis has lost, each once. KEYS: articles, agenda, restored. ARGV: the prefix, the step of views
-- that restore the trending scores, the half-life of a trending view in seconds, the number of half-lives in an age;
-- the number of windows, and for each window its name, the seconds of a bucket and the number of buckets; then, for
-- each row of views, article id, step, start and number of views.
local prefix, trend_step = ARGV[1], tonumber(ARGV[2])
local half_life, half_lives = tonumber(ARGV[3]), tonumber(ARGV[4])
local windows, place = {}, 6
for _ = 1, tonumber(ARGV[5]) do
  windows[#windows + 1] = {ARGV[place], tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2])}
  place = place + 3
end
local trend = trend_adder(prefix, KEYS[2], half_life, half_lives)

for view = place, #ARGV, 4 do
  local id, step, start = ARGV[view], tonumber(ARGV[view + 1]), tonumber(ARGV[view + 2])
  local times = tonumber(ARGV[view + 3])
  local article = redis.call('HGET', KEYS[1], id)
  if redis.call('SADD', KEYS[3], step .. ' ' .. start .. ' ' .. id) == 1 and article then
    for _, list_name in ipairs(cjson.decode(article).on) do
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
