-- Reads the version of a list and a document, and takes the build lock if the document is not current.
-- KEYS: version, document, lock.
-- ARGV: the order; the length of the known entry's first line, in bytes, which is all that is read of the document (0:
-- no entry is known, read all of it); a version for a list that has none; seconds until that version expires (clients
-- may ask for feeds that do not exist); the token of the build lock; milliseconds until the lock expires (0: the caller
-- wants no lock).
-- Returns the version, the document or its beginning, and 1 if the caller has the lock, else 0.
local version = redis.call('GET', KEYS[1])
if not version then
  version = ARGV[3]
  redis.call('SET', KEYS[1], version, 'EX', ARGV[4])
end
local line = tonumber(ARGV[2])
local found
if line > 0 then found = redis.call('GETRANGE', KEYS[2], 0, line - 1) else found = redis.call('GET', KEYS[2]) end
local current = version .. '/' .. ARGV[1] .. ' '
local locked = tonumber(ARGV[6]) > 0 and string.sub(found or '', 1, #current) ~= current
  and redis.call('SET', KEYS[3], ARGV[5], 'NX', 'PX', ARGV[6])
return {version, found, locked and 1 or 0}
