-- Stores a document, if the version and the stored document are those from the start of the build, and releases the
-- build lock.
-- KEYS: version, document, lock.
-- ARGV: the version at the start of the build; the packed document; seconds to keep it; the token of the build lock; the
-- first line of the document that was stored at the start of the build (empty: none was).
-- Returns 1 if the document is stored, else 0.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('GETRANGE', KEYS[2], 0, math.max(#ARGV[5], 1) - 1) ~= ARGV[5] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
if redis.call('GET', KEYS[3]) == ARGV[4] then redis.call('DEL', KEYS[3]) end
return 1
