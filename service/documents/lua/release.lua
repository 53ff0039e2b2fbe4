-- Releases a build lock. A builder whose lock has expired must not release the lock of the next builder.
-- KEYS: lock. ARGV: the builder's token.
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
