-- Ranks the articles of a list by their scores, with the overrides of editors: the pinned articles first, then the
-- others by score (a boosted article: its score times a factor), ties by id, without the excluded articles.
--
-- One call examines a limited number of articles. If it then has too few, it returns its state, and the next call
-- goes on.
--
-- KEYS: articles, agenda, overrides, sources of today, sources of yesterday, the views to show, the ranking, the mark that
--   all articles and views are there; then the sorted sets of scores. An article in several of them has its score in the first one.
-- ARGV:
--   1 the list, 2 the list of all articles, 3 the number of articles in the ranking, 4 the current time
--   5 the earliest time of publication, 6 the least number of IP addresses (today and yesterday)
--   7 the seconds for which Redis keeps the ranking; 0: do not keep it
--   8 the number of articles that one call examines, 9 the factors of the sorted sets; then the state, at first nothing
--
-- Returns -1 if not all articles and views are there, because Redis has lost its data. Returns false if the agenda is due:
-- the sums have views of buckets that have left their windows. Otherwise returns 0 and the state; or 1, the number of pinned articles, the time of the last change of the order, and for each article
-- its id and its views. If Redis keeps the ranking, the views are those at the last change of the order.
local list_name, limit, now = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local oldest, least_addresses, keep, room = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local factors = cjson.decode(ARGV[9])
local FIRST_SET, STATE = 9, 10
local PAGE = 100  -- articles that are read from a sorted set at once

if redis.call('EXISTS', KEYS[8]) == 0 then return -1 end
if redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', math.floor(now), 'LIMIT', 0, 1)[1] then return false end

-- The article, if it is registered for the list.
local function registered(id)
  local article = redis.call('HGET', KEYS[1], id)
  if not article then return nil end
  article = cjson.decode(article)
  for _, name in ipairs(article.on) do
    if name == list_name then return article end
  end
end

-- Whether readers may make the article popular. Pinned articles need not pass.
local function is_allowed(id)
  if least_addresses > 1 then
    local addresses = 0
    for day = 4, 5 do addresses = addresses + tonumber(redis.call('HGET', KEYS[day], id) or 0) end
    if addresses < least_addresses then return false end
  end
  local article = registered(id)
  return article ~= nil and article.at >= oldest
end

-- The order of bytes, as in sorted sets. Lua's own order depends on the locale.
local function is_greater(one, other)
  for place = 1, math.min(#one, #other) do
    local a, b = string.byte(one, place), string.byte(other, place)
    if a ~= b then return a > b end
  end
  return #one > #other
end

local function is_higher(one, other)
  if one.score ~= other.score then return one.score > other.score end
  return is_greater(one.id, other.id)
end

-- The override of each article: that for the list, or else that for all lists. Rows: id, kind, factor, end, position,
-- key.
local overrides = {}
for _, name in ipairs({ARGV[2], list_name}) do
  for _, row in ipairs(cjson.decode(redis.call('HGET', KEYS[3], name) or '[]')) do
    if row[4] == cjson.null or row[4] > now then overrides[row[1]] = row end
  end
end

local pinned, boosted = {}, {}
for id, row in pairs(overrides) do
  if row[2] == 'pin' then
    pinned[#pinned + 1] = row
  elseif row[2] == 'boost' then
    for set, factor in ipairs(factors) do
      local score = redis.call('ZSCORE', KEYS[FIRST_SET + set - 1], id)
      if score then
        boosted[#boosted + 1] = {id = id, score = tonumber(score) * factor * row[3]}
        break
      end
    end
  end
end
table.sort(pinned, function(one, other)
  if one[5] ~= other[5] then return one[5] < other[5] end
  return one[6] < other[6]
end)
table.sort(boosted, is_higher)

-- A stream has its articles in their order, from the highest score on. `read(place)` returns the article at a place.
local streams = {{place = 0, read = function(place) return boosted[place + 1] end}}
for set, factor in ipairs(factors) do
  local key, page, start = KEYS[FIRST_SET + set - 1], {}, 0
  streams[#streams + 1] = {
    place = 0,
    read = function(place)
      if not page[2 * (place - start) + 1] then
        page, start = redis.call('ZREVRANGE', key, place, place + PAGE - 1, 'WITHSCORES'), place
      end
      local id, score = page[2 * (place - start) + 1], page[2 * (place - start) + 2]
      return id and {id = id, score = tonumber(score) * factor}
    end,
    skips = function(id)  -- an article that another stream has, or that an editor has moved
      if overrides[id] then return true end
      for newer = 1, set - 1 do
        if redis.call('ZSCORE', KEYS[FIRST_SET + newer - 1], id) then return true end
      end
      return false
    end,
  }
end

local found, taken, pins = {}, {}, 0
local function take(id)
  if not taken[id] then found[#found + 1], taken[id] = id, true end
end

if ARGV[STATE] then
  pins = tonumber(ARGV[STATE])
  for number, stream in ipairs(streams) do stream.place = tonumber(ARGV[STATE + number]) end
  for place = STATE + #streams + 1, #ARGV do take(ARGV[place]) end
else
  for _, row in ipairs(pinned) do
    if #found < limit and registered(row[1]) then take(row[1]) end
  end
  pins = #found
end

while #found < limit do
  local best
  for _, stream in ipairs(streams) do
    if stream.head == nil then stream.head = stream.read(stream.place) or false end  -- false: at its end
    if stream.head and (not best or is_higher(stream.head, best.head)) then best = stream end
  end
  if not best then break end
  if room == 0 then
    local state = {0, pins}
    for _, stream in ipairs(streams) do state[#state + 1] = stream.place end
    for _, id in ipairs(found) do state[#state + 1] = id end
    return state
  end
  room = room - 1
  local id = best.head.id
  best.place, best.head = best.place + 1, nil
  if not (best.skips and best.skips(id)) and is_allowed(id) then take(id) end
end

local views = {}
for place, score in ipairs(#found > 0 and redis.call('ZMSCORE', KEYS[6], unpack(found)) or {}) do
  views[place] = tonumber(score or 0)
end

-- Whether the ranking in Redis has the articles in this order. It is JSON: the ids, their views, the time of the
-- change.
local function is_kept(ranking)
  if not ranking or #ranking[1] ~= #found then return false end
  for place, id in ipairs(found) do
    if ranking[1][place] ~= id then return false end
  end
  return true
end

local since = math.floor(now)
if keep > 0 then
  local kept = redis.call('GET', KEYS[7])
  local ranking = kept and cjson.decode(kept)
  if is_kept(ranking) then
    views, since = ranking[2], ranking[3]
    redis.call('EXPIRE', KEYS[7], keep)
  else
    local names = {}
    for place, id in ipairs(found) do names[place] = cjson.encode(id) end
    local text = '[[' .. table.concat(names, ', ') .. '], [' .. table.concat(views, ', ') .. '], ' .. since .. ']'
    redis.call('SET', KEYS[7], text, 'EX', keep)
  end
end

local answer = {1, pins, since}
for place, id in ipairs(found) do
  answer[#answer + 1] = id
  answer[#answer + 1] = views[place]
end
return answer
