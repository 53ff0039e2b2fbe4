-- Replaces all fields of a hash, if the version in it is the one that the caller has read. KEYS: hash. ARGV: the
-- version that the caller has read, the name of the version's field, the new version; then fields and values. Returns
-- 1, or 0 if the version is another one.
if (redis.call('HGET', KEYS[1], ARGV[2]) or '') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
for place = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1]) end
return 1
