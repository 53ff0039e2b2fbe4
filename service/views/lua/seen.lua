-- The tables that recognize visits and sources. A table is a string of buckets of 32 bytes; the first three bytes of a
-- hash select the bucket. Returns the bucket's position in the string, and its bytes.
local function bucket_of(table_key, hash, buckets)
  local a, b, c = string.byte(hash, 1, 3)
  local start = ((a * 256 + b) * 256 + c) % buckets * 32
  local slots = redis.call('GETRANGE', table_key, start, start + 31)
  return start, #slots < 32 and slots .. string.rep('\0', 32 - #slots) or slots
end

-- The visits in the table `seen`, of `buckets` buckets. `was_seen` returns whether a visit was seen less than `once`
-- seconds before or after. `is_repeated` returns this, too, and stores a visit that was not seen.
local function seen_visits(seen, buckets, once)
  local function was_seen(visit, at)
    local start, slots = bucket_of(seen, visit, buckets)
    local d, e = string.byte(visit, 4, 5)
    local name, now = (d * 256 + e) % 32768, at % 131072
    local oldest, free = -1, 1
    for place = 1, 29, 4 do
      local slot = struct.unpack('>I4', slots, place)
      local age = (now - slot % 131072) % 131072
      if age > 65536 then age = 131072 - age end  -- another process reported a later view before
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

  return was_seen, is_repeated
end
