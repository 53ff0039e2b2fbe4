-- Counts views.
--
-- Two tables of a fixed size recognize visits and sources. A table is a string of buckets; a bucket has eight slots of
-- four bytes. A hash selects the bucket, and some of its bits identify it in the slot:
--   seen: 15 bits of the hash of a visit (visitor and article), 17 bits of its time in seconds (a day and a half)
--   met:  12 bits of the hash of a source with an article or of a source, 12 bits of a count, 8 bits of the day
-- A source is an IP address or one of the IPv6 networks around it (/56 and /48). Each has its own ceiling.
--
-- KEYS: articles, agenda, seen, met.
-- ARGV:
--   - the prefix, and the number of buckets in a table
--   - the seconds in which a visit counts once
--   - the views of an article that count from one IP address in a day, and the share of the article's views in 24 hours
--     that one IP address may have beyond that
--   - the number of IP addresses that a /56 counts as, and the number that a /48 counts as
--   - the half-life of a trending view in seconds, and the number of half-lives in an age
--   - the seconds by which a day begins before that of UTC
--   - the id of the Redis instance that includes the seen visits of the caller
--   - the number of windows; for each window its name, the seconds of a bucket and the number of buckets
--   - for each view: article id, number of views, time, visit, article_sources, sources, visit with the salt of
--     yesterday. `sources` and `article_sources` (a source with the article) are hashes of five bytes, joined,
--     from narrow to wide. Visit and sources are empty for views that count in any case. The visit with the salt of
--     yesterday is empty once it cannot repeat any more.
--
-- Returns for each view: 1 counted; 0 the article is unknown; -1 not now, since not all articles are registered or, for
-- the view of a visitor, the seen visits are not put back yet; 2 repeated; 3 limited.
local seen, met = KEYS[3], KEYS[4]
local prefix, buckets = ARGV[1], tonumber(ARGV[2])
local once, most, share = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local addresses_of = {1, tonumber(ARGV[6]), tonumber(ARGV[7])}
local half_life, half_lives, ahead = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local windows, place = {}, 13
for _ = 1, tonumber(ARGV[12]) do
  windows[#windows + 1] = {ARGV[place], tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2])}
  place = place + 3
end

local trend = trend_adder(prefix, KEYS[2], half_life, half_lives)
local was_seen, is_repeated = seen_visits(seen, buckets, once)
local GRAIN = 15  -- seconds: views of an article in one grain are counted with the same time, which is less work

local function ends_at(name, at)
  if redis.call('EXISTS', prefix .. name) == 0 then redis.call('ZADD', KEYS[2], at, 'end:' .. name) end
end

local function times_counted(hash, day)
  local start, bytes = bucket_of(met, hash, buckets)
  local d, e = string.byte(hash, 4, 5)
  local name, today = d * 16 + (e - e % 16) / 16, day % 255 + 1
  local least, free, count = 4096, 1, 0
  local slots = {struct.unpack('>I4I4I4I4I4I4I4I4', bytes)}
  for place = 1, 8 do
    local slot, counted = slots[place], 0
    if slot % 256 == today then
      local rest = (slot - today) / 256
      counted = rest % 4096
      if counted > 0 and (rest - counted) / 4096 == name then
        free, count = place, counted
        break
      end
    end
    if counted < least then least, free = counted, place end
  end
  return count, start + 4 * free - 4, name * 1048576 + today
end

local function count_source(count, place, slot)
  if count < 4095 then redis.call('SETRANGE', met, place, struct.pack('>I4', slot + (count + 1) * 256)) end
end

-- The article's views of 24 hours, without the views that sources had beyond their ceilings. With a share of those
-- views, too, twenty IP addresses would let each other in without end.
local function views_within(id, day)
  local views = tonumber(redis.call('ZSCORE', prefix .. 'sum:24h:latest', id) or 0)
  for _, each in ipairs({'beyond:' .. day, 'beyond:' .. day - 1}) do
    views = views - tonumber(redis.call('HGET', prefix .. each, id) or 0)
  end
  return views
end

-- Whether a source beyond its ceiling has used up its part of the article's views. It has `count` views of the article,
-- and `all` views of any article.
local function has_used_its_part(count, all, part)
  -- Many people behind one source read many articles. A script requests one.
  if all < 4095 and 2 * count >= all then return true end
  return count >= 4095 or count >= part
end

local function is_limited(article_sources, sources, day, id)
  local slots, views, count, all, widest = {}, nil, nil, nil, #article_sources / 5
  for level = 1, widest do
    local first, last, slot = 5 * level - 4, 5 * level, 6 * level - 5
    slots[slot], slots[slot + 1], slots[slot + 2] = times_counted(string.sub(article_sources, first, last), day)
    slots[slot + 3], slots[slot + 4], slots[slot + 5] = times_counted(string.sub(sources, first, last), day)
    count, all = slots[slot], slots[slot + 3]
    if count >= math.min(most * addresses_of[level], 4095) then
      views = views or views_within(id, day)
      if has_used_its_part(count, all, views * math.min(share * addresses_of[level], 1)) then return true end
    end
  end
  if views then
    local beyond = 'beyond:' .. day
    ends_at(beyond, (day + 2) * 86400 - ahead)
    redis.call('HINCRBY', prefix .. beyond, id, 1)
  end
  for slot = 1, #slots, 3 do count_source(slots[slot], slots[slot + 1], slots[slot + 2]) end
  if count == 0 then  -- the widest source is new to the article
    ends_at('sources:' .. day, (day + 2) * 86400 - ahead)
    redis.call('HINCRBY', prefix .. 'sources:' .. day, id, 1)
  end
  return false
end

local function count_in_window(window, list_name, id, times, at)
  local step = math.floor(at / window[2])
  local name = window[1] .. ':' .. step .. ':' .. list_name
  local bucket = prefix .. 'bucket:' .. name
  if redis.call('EXISTS', bucket) == 0 then
    redis.call('ZADD', KEYS[2], (step + window[3]) * window[2], name)
  end
  redis.call('ZINCRBY', bucket, times, id)
  redis.call('ZINCRBY', prefix .. 'sum:' .. window[1] .. ':' .. list_name, times, id)
end

-- An error from a key of one list with a wrong value must not stop the script: the view would be counted again.
local function count_view(id, list_names, times, at)
  for _, list_name in ipairs(list_names) do
    pcall(trend, id, list_name, at, times)
    for _, window in ipairs(windows) do pcall(count_in_window, window, list_name, id, times, at) end
  end
  redis.call('HINCRBY', prefix .. 'unfolded', math.floor(at / 300) * 300 .. ' ' .. id, times)
end

-- These fail if a key that every view needs has a wrong value, before anything is counted.
redis.call('ZCARD', KEYS[2])
redis.call('HLEN', prefix .. 'unfolded')

local complete = redis.call('EXISTS', prefix .. 'all') == 1
local recognizing = complete and redis.call('GET', prefix .. 'incarnation') == ARGV[11]
local lists_of, fates, counted = {}, {}, {}
for view = place, #ARGV, 7 do
  local id, times, at = ARGV[view], tonumber(ARGV[view + 1]), tonumber(ARGV[view + 2])
  local visit, article_sources, sources, yesterday = ARGV[view + 3], ARGV[view + 4], ARGV[view + 5], ARGV[view + 6]
  if lists_of[id] == nil then
    local article = redis.call('HGET', KEYS[1], id)
    lists_of[id] = article and cjson.decode(article).on
  end
  local fate = 1
  if not lists_of[id] then
    fate = complete and 0 or -1
  elseif visit ~= '' then
    if not recognizing then fate = -1
    elseif yesterday ~= '' and was_seen(yesterday, at) or is_repeated(visit, at) then fate = 2
    elseif is_limited(article_sources, sources, math.floor((at + ahead) / 86400), id) then fate = 3 end
  end
  if fate == 1 then
    local last, grain = counted[#counted], at - at % GRAIN
    if last and last[1] == id and last[2] == grain then last[3] = last[3] + times
    else counted[#counted + 1] = {id, grain, times} end
  end
  fates[#fates + 1] = fate
end
for _, some in ipairs(counted) do count_view(some[1], lists_of[some[1]], some[3], some[2]) end
return fates
