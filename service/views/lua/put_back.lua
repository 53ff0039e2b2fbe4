-- Puts visits back into the table `seen`. To do this twice does no harm. KEYS: seen. ARGV: the number of buckets in the
-- table, the seconds in which a visit counts once; then, for each second, its time and the hashes of its visits (five
-- bytes each, joined).
local seen, buckets, once = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local _, is_repeated = seen_visits(seen, buckets, once)

for second = 3, #ARGV, 2 do
  local at, visits = tonumber(ARGV[second]), ARGV[second + 1]
  for place = 1, #visits, 5 do is_repeated(string.sub(visits, place, place + 4), at) end
end
