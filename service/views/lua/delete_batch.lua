-- Deletes the pending batch with the token, since its views are in the store now. KEYS: aside, token. ARGV: the token.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('UNLINK', KEYS[1])
return redis.call('DEL', KEYS[2])
