-- Moves the views that are not in the store yet into the pending batch, under a token. A pending batch that is not in
-- the store yet stays. Returns the token of the pending batch, or false if there are no views. KEYS: unfolded, aside,
-- token.
-- ARGV: a token.
local token = redis.call('GET', KEYS[3])
if token then return token end
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('SET', KEYS[3], ARGV[1])
return ARGV[1]
