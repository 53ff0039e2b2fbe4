-- Registers articles with their lists. An article brings its views to each list that is new to it, as if it had always been
-- there. KEYS: articles, agenda. ARGV: the prefix, the list of all articles, the current time, the half-life of a trending
-- view in seconds, the number of half-lives in an age; the number of windows, and for each window its name, the seconds
-- of a bucket and the number of buckets; the number of buckets after which no further article is begun; then, for each
-- article, its id and its lists with its time, as JSON. Returns the number of articles that are registered.
local prefix, all, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local half_life, age_seconds = tonumber(ARGV[4]), tonumber(ARGV[4]) * tonumber(ARGV[5])
local windows, place = {}, 7
for _ = 1, tonumber(ARGV[6]) do
  windows[#windows + 1] = {ARGV[place], tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2])}
  place = place + 3
end
local room = tonumber(ARGV[place])
place = place + 1

local function due_at(name, at, key)
  if redis.call('EXISTS', prefix .. key) == 0 then redis.call('ZADD', KEYS[2], at, name) end
end

-- The list may have some of the article's views, if the article was there before.
local function bring_views(id, list_name, window)
  local name, seconds, buckets = window[1], window[2], window[3]
  if not redis.call('ZSCORE', prefix .. 'sum:' .. name .. ':' .. all, id) then return end
  local last = math.floor(now / seconds)
  room = room - buckets
  for step = last - buckets + 1, last + 1 do  -- the clock of another host may be ahead
    local start = name .. ':' .. step .. ':'
    local views = tonumber(redis.call('ZSCORE', prefix .. 'bucket:' .. start .. all, id) or 0)
    local own = views > 0 and tonumber(redis.call('ZSCORE', prefix .. 'bucket:' .. start .. list_name, id) or 0)
    if own and own ~= views then
      due_at(start .. list_name, (step + buckets) * seconds, 'bucket:' .. start .. list_name)
      redis.call('ZADD', prefix .. 'bucket:' .. start .. list_name, views, id)
      redis.call('ZINCRBY', prefix .. 'sum:' .. name .. ':' .. list_name, views - own, id)
    end
  end
end

local function bring_score(id, list_name, age)
  local trend = 'trend:' .. half_life .. ':' .. age .. ':'
  local score = redis.call('ZSCORE', prefix .. trend .. all, id)
  if score then
    due_at('end:' .. trend .. list_name, (age + 2) * age_seconds, trend .. list_name)
    redis.call('ZADD', prefix .. trend .. list_name, score, id)
  end
end

-- The windows and ages in which any article has views: none, when an empty Redis is filled.
local used, ages, current = {}, {}, math.floor(now / age_seconds)
for _, window in ipairs(windows) do
  if redis.call('EXISTS', prefix .. 'sum:' .. window[1] .. ':' .. all) == 1 then used[#used + 1] = window end
end
for age = current - 1, current + 1 do
  if redis.call('EXISTS', prefix .. 'trend:' .. half_life .. ':' .. age .. ':' .. all) == 1 then ages[#ages + 1] = age end
end

for article = place, #ARGV, 2 do
  local id, value = ARGV[article], ARGV[article + 1]
  local before = redis.call('HGET', KEYS[1], id)
  if before ~= value then
    local old = {[all] = true}
    for _, list_name in ipairs(before and cjson.decode(before).on or {}) do old[list_name] = true end
    for _, list_name in ipairs(cjson.decode(value).on) do
      if not old[list_name] then
        for _, window in ipairs(used) do bring_views(id, list_name, window) end
        for _, age in ipairs(ages) do bring_score(id, list_name, age) end
        old[list_name] = true
      end
    end
    redis.call('HSET', KEYS[1], id, value)
  end
  if room <= 0 then return (article - place) / 2 + 1 end
end
return (#ARGV - place + 1) / 2
