"""Lua scripts that Redis runs. Each script is atomic, and none takes long.

All keys share the slot {views}.
"""

PREFIX = "warta:{views}:"
GRAIN = 15  # seconds: views of an article in one grain are counted with the same time, which is less work

# Adds views to the trending scores. The score in an age includes what is left of the score in the age before, so the
# newest score of an article is its whole score. Needs the variables `prefix`, `half_life` and `half_lives`, and the
# agenda as KEYS[2].
_TREND = """
local function trend(id, shelf, at, times)
  local age = math.floor(at / (half_life * half_lives))
  local name = function(age) return 'trend:' .. half_life .. ':' .. age .. ':' .. shelf end
  local key, left = prefix .. name(age), 2 ^ -half_lives
  if redis.call('EXISTS', key) == 0 then
    redis.call('ZADD', KEYS[2], (age + 2) * half_life * half_lives, 'end:' .. name(age))
  end
  local weight = times * 2 ^ (at / half_life - age * half_lives)
  local before = not redis.call('ZSCORE', key, id) and redis.call('ZSCORE', prefix .. name(age - 1), id)
  redis.call('ZINCRBY', key, weight + (before and tonumber(before) * left or 0), id)
  if redis.call('ZSCORE', prefix .. name(age + 1), id) then  -- it came late
    redis.call('ZINCRBY', prefix .. name(age + 1), weight * left, id)
  end
end
"""

# `was_seen` returns whether a visit was seen less than `once` seconds before or after. `is_repeated` returns this, too,
# and stores a visit that was not seen. Both need the variables `once`, `buckets`, and `seen`, the key of the table.
_SEEN = """
local function bucket_of(table_key, hash)
  local a, b, c = string.byte(hash, 1, 3)
  local start = ((a * 256 + b) * 256 + c) % buckets * 32
  local slots = redis.call('GETRANGE', table_key, start, start + 31)
  return start, #slots < 32 and slots .. string.rep('\\0', 32 - #slots) or slots
end

local function was_seen(visit, at)
  local start, slots = bucket_of(seen, visit)
  local d, e = string.byte(visit, 4, 5)
  local name, now = (d * 256 + e) % 32768, at % 131072
  local oldest, free = -1, 1
  for place = 1, 29, 4 do
    local slot = struct.unpack('>I4', slots, place)
    local age = (now - slot % 131072) % 131072
    if age > 65536 then age = 131072 - age end  -- another process told of a later view before
    if slot == 0 then age = 131072 end
    if slot ~= 0 and math.floor(slot / 131072) == name and age < once then return true end
    if age > oldest then oldest, free = age, place end
  end
  return false, start + free - 1, struct.pack('>I4', name * 131072 + now)
end

local function is_repeated(visit, at)
  local found, place, slot = was_seen(visit, at)
  if not found then redis.call('SETRANGE', seen, place, slot) end
  return found
end
"""

# Counts views.
#
# Two tables of a fixed size recognize visits and meetings. A table is a string of buckets; a bucket has eight slots of
# four bytes. A hash selects the bucket, and some of its bits identify it in the slot:
#   seen: 15 bits of the hash of a visit (visitor and article), 17 bits of its time in seconds (a day and a half)
#   met:  12 bits of the hash of a meeting (source and article) or of a source, 12 bits of a count, 8 bits of the day
# A source is an IP address or one of the IPv6 networks around it (/56 and /48). Each has its own ceiling.
#
# KEYS: known, agenda, seen, met.
# ARGV:
#   - the prefix, and the number of buckets in a table
#   - the seconds in which a visit counts once
#   - the views of an article that count from one IP address in a day, and the share of the article's views in 24 hours
#     that one IP address may have beyond that
#   - the number of IP addresses that a /56 counts as, and the number that a /48 counts as
#   - the half-life of a trending view in seconds, and the number of half-lives in an age
#   - the seconds by which a day begins before that of UTC
#   - the incarnation of Redis that includes the recent visits of the caller
#   - the number of windows; for each window its name, the seconds of a bucket and the number of buckets
#   - for each view: article id, number of views, time, visit, meetings, sources, visit with the salt of yesterday.
#     Meetings and sources are hashes of five bytes, joined, from narrow to wide. Visit, meetings and sources are empty
#     for views that count in any case. The visit with the salt of yesterday is empty once it cannot repeat any more.
# Views of one article in one GRAIN are counted together.
#
# Returns for each view: 1 counted; 0 the article is unknown; -1 not now, since not all articles are registered or, for
# the view of a visitor, the recent visits are not put back yet; 2 repeated; 3 limited.
COUNT = (
    """
local seen, met = KEYS[3], KEYS[4]
local prefix, buckets = ARGV[1], tonumber(ARGV[2])
local once, most, share = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local addresses = {1, tonumber(ARGV[6]), tonumber(ARGV[7])}
local half_life, half_lives, ahead = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local windows, place = {}, 13
for _ = 1, tonumber(ARGV[12]) do
  windows[#windows + 1] = {ARGV[place], tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2])}
  place = place + 3
end

"""
    + _TREND
    + _SEEN
    + f"local grain = {GRAIN}\n"
    + """
local function ends_at(name, at)
  if redis.call('EXISTS', prefix .. name) == 0 then redis.call('ZADD', KEYS[2], at, 'end:' .. name) end
end

local function times_met(hash, day)
  local start, bytes = bucket_of(met, hash)
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

local function meet(count, place, slot)
  if count < 4095 then redis.call('SETRANGE', met, place, struct.pack('>I4', slot + (count + 1) * 256)) end
end

-- The article's views of 24 hours without those that sources had beyond their ceilings: with a share of such ones, too,
-- twenty addresses would let each other in without end.
local function views_within(id, day)
  local views = tonumber(redis.call('ZSCORE', prefix .. 'sum:24h:latest', id) or 0)
  for _, each in ipairs({'beyond:' .. day, 'beyond:' .. day - 1}) do
    views = views - tonumber(redis.call('HGET', prefix .. each, id) or 0)
  end
  return views
end

-- Whether a source that is beyond its ceiling has had its part: `count` views of the article, `all` of any.
local function has_its_part(count, all, part)
  -- Many people behind one source read many stories; a script has one in mind.
  if all < 4095 and 2 * count >= all then return true end
  return count >= 4095 or count >= part
end

local function is_limited(meetings, sources, day, id)
  local slots, views, count, all, widest = {}, nil, nil, nil, #meetings / 5
  for level = 1, widest do
    local first, last, slot = 5 * level - 4, 5 * level, 6 * level - 5
    slots[slot], slots[slot + 1], slots[slot + 2] = times_met(string.sub(meetings, first, last), day)
    slots[slot + 3], slots[slot + 4], slots[slot + 5] = times_met(string.sub(sources, first, last), day)
    count, all = slots[slot], slots[slot + 3]
    if count >= math.min(most * addresses[level], 4095) then
      views = views or views_within(id, day)
      if has_its_part(count, all, views * math.min(share * addresses[level], 1)) then return true end
    end
  end
  if views then
    local beyond = 'beyond:' .. day
    ends_at(beyond, (day + 2) * 86400 - ahead)
    redis.call('HINCRBY', prefix .. beyond, id, 1)
  end
  for slot = 1, #slots, 3 do meet(slots[slot], slots[slot + 1], slots[slot + 2]) end
  if count == 0 then  -- of the widest
    ends_at('sources:' .. day, (day + 2) * 86400 - ahead)
    redis.call('HINCRBY', prefix .. 'sources:' .. day, id, 1)
  end
  return false
end

local function count(id, shelves, times, at)
  for _, shelf in ipairs(shelves) do
    trend(id, shelf, at, times)
    for _, window in ipairs(windows) do
      local step = math.floor(at / window[2])
      local name = window[1] .. ':' .. step .. ':' .. shelf
      local bucket = prefix .. 'bucket:' .. name
      if redis.call('EXISTS', bucket) == 0 then
        redis.call('ZADD', KEYS[2], (step + window[3]) * window[2], name)
      end
      redis.call('ZINCRBY', bucket, times, id)
      redis.call('ZINCRBY', prefix .. 'sum:' .. window[1] .. ':' .. shelf, times, id)
    end
  end
  redis.call('HINCRBY', prefix .. 'unfolded', math.floor(at / 300) * 300 .. ' ' .. id, times)
end

local complete = redis.call('EXISTS', prefix .. 'all') == 1
local recognizing = complete and redis.call('GET', prefix .. 'incarnation') == ARGV[11]
local shelves_of, fates, counted = {}, {}, {}
for view = place, #ARGV, 7 do
  local id, times, at = ARGV[view], tonumber(ARGV[view + 1]), tonumber(ARGV[view + 2])
  local visit, meetings, sources, yesterday = ARGV[view + 3], ARGV[view + 4], ARGV[view + 5], ARGV[view + 6]
  if shelves_of[id] == nil then
    local article = redis.call('HGET', KEYS[1], id)
    shelves_of[id] = article and cjson.decode(article).on
  end
  local fate = 1
  if not shelves_of[id] then
    fate = complete and 0 or -1
  elseif visit ~= '' then
    if not recognizing then fate = -1
    elseif yesterday ~= '' and was_seen(yesterday, at) or is_repeated(visit, at) then fate = 2
    elseif is_limited(meetings, sources, math.floor((at + ahead) / 86400), id) then fate = 3 end
  end
  if fate == 1 then
    local last, moment = counted[#counted], at - at % grain
    if last and last[1] == id and last[2] == moment then last[3] = last[3] + times
    else counted[#counted + 1] = {id, moment, times} end
  end
  fates[#fates + 1] = fate
end
for _, some in ipairs(counted) do count(some[1], shelves_of[some[1]], some[3], some[2]) end
return fates
"""
)

# Returns the name of the contents of Redis. After Redis has lost its data, it gets a new name.
# KEYS: incarnation. ARGV: the name to set if there is none.
INCARNATION = """
local name = redis.call('GET', KEYS[1])
if name then return name end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
"""

# Puts visits back into the table `seen`. To do this twice does no harm. KEYS: seen. ARGV: the number of buckets in the
# table, the seconds in which a visit counts once; then, for each second, its time and the hashes of its visits (five
# bytes each, joined).
PUT_BACK = (
    """
local seen, buckets, once = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
"""
    + _SEEN
    + """
for second = 3, #ARGV, 2 do
  local at, visits = tonumber(ARGV[second]), ARGV[second + 1]
  for place = 1, #visits, 5 do is_repeated(string.sub(visits, place, place + 4), at) end
end
"""
)

# Subtracts a portion of the oldest bucket that has left its window from the sum, or deletes a key at its end. Each
# article of a bucket is subtracted once, also if several processes call. KEYS: agenda. ARGV: prefix, current time,
# portion. Returns 1 while there may be more to do, otherwise 0.
RETIRE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, 1)[1]
if not due then return 0 end
if string.sub(due, 1, 4) == 'end:' then  -- a key that has had its time
  redis.call('UNLINK', ARGV[1] .. string.sub(due, 5))
  redis.call('ZREM', KEYS[1], due)
  return 1
end
local window, shelf = string.match(due, '^([^:]*):[^:]*:(.*)$')
local members = redis.call('ZPOPMIN', ARGV[1] .. 'bucket:' .. due, ARGV[3])
local sum = ARGV[1] .. 'sum:' .. window .. ':' .. shelf
for i = 1, #members, 2 do
  if tonumber(redis.call('ZINCRBY', sum, -tonumber(members[i + 1]), members[i])) <= 0 then
    redis.call('ZREM', sum, members[i])
  end
end
if #members < 2 * tonumber(ARGV[3]) then redis.call('ZREM', KEYS[1], due) end
return 1
"""

# Returns the stored ranking if its order is ARGV[1]; otherwise stores and returns ARGV[2]. Either ranking is kept for
# another ARGV[3] seconds. KEYS: ranking.
RANKING = """
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, 2, #ARGV[1] + 2) == ARGV[1] .. ',' then
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  return kept
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return ARGV[2]
"""

# Replaces all fields of a hash, if the version in it is the one that the caller has seen. KEYS: hash. ARGV: the version
# that the caller has seen, the name of the version's field, the new version; then fields and values. Returns 1, or 0 if
# the version is another one.
CURATE = """
if (redis.call('HGET', KEYS[1], ARGV[2]) or '') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
for place = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1]) end
return 1
"""

# Sets aside, under a token, the views since the last fold. If views are set aside already, nothing changes. Returns the
# token of the views that are set aside, or false if there are none. KEYS: unfolded, aside, token. ARGV: a token.
SET_ASIDE = """
local token = redis.call('GET', KEYS[3])
if token then return token end
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('SET', KEYS[3], ARGV[1])
return ARGV[1]
"""

# Deletes the views that were set aside under the token, since they are folded now. KEYS: aside, token. ARGV: the token.
FOLDED = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('UNLINK', KEYS[1])
return redis.call('DEL', KEYS[2])
"""

# Puts back views that Redis has lost, each once. KEYS: articles, agenda, restored. ARGV: the prefix, the step of views
# that restore the trending scores, the half-life of a trending view in seconds, the number of half-lives in an age; the
# number of windows, and for each window its name, the seconds of a bucket and the number of buckets; then, for each
# row of views, article id, step, start and number of views.
RESTORE = (
    """
local prefix, trend_step = ARGV[1], tonumber(ARGV[2])
local half_life, half_lives = tonumber(ARGV[3]), tonumber(ARGV[4])
local windows, place = {}, 6
for _ = 1, tonumber(ARGV[5]) do
  windows[#windows + 1] = {ARGV[place], tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2])}
  place = place + 3
end
"""
    + _TREND
    + """
for view = place, #ARGV, 4 do
  local id, step, start = ARGV[view], tonumber(ARGV[view + 1]), tonumber(ARGV[view + 2])
  local times = tonumber(ARGV[view + 3])
  local article = redis.call('HGET', KEYS[1], id)
  if redis.call('SADD', KEYS[3], step .. ' ' .. start .. ' ' .. id) == 1 and article then
    for _, shelf in ipairs(cjson.decode(article).on) do
      for _, window in ipairs(windows) do
        if window[2] == step then
          local name = window[1] .. ':' .. math.floor(start / step) .. ':' .. shelf
          redis.call('ZADD', KEYS[2], (math.floor(start / step) + window[3]) * step, name)
          redis.call('ZINCRBY', prefix .. 'bucket:' .. name, times, id)
          redis.call('ZINCRBY', prefix .. 'sum:' .. window[1] .. ':' .. shelf, times, id)
        end
      end
      if step == trend_step then trend(id, shelf, start + step / 2, times) end
    end
  end
end
"""
)
