-- Returns the id of this Redis instance. After Redis has lost its data, it gets a new id. KEYS: incarnation. ARGV: the
-- id to set if there is none.
local id = redis.call('GET', KEYS[1])
if id then return id end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
