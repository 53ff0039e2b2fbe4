-- Adds views to the trending scores. The score in an age includes what is left of the score in the age before, so the
-- newest score of an article is its whole score. `half_life` is in seconds; an age has `half_lives` of it.
local function trend_adder(prefix, agenda, half_life, half_lives)
  return function(id, list_name, at, times)
    local age = math.floor(at / (half_life * half_lives))
    local name = function(age) return 'trend:' .. half_life .. ':' .. age .. ':' .. list_name end
    local key, left = prefix .. name(age), 2 ^ -half_lives
    if redis.call('EXISTS', key) == 0 then
      redis.call('ZADD', agenda, (age + 2) * half_life * half_lives, 'end:' .. name(age))
    end
    local weight = times * 2 ^ (at / half_life - age * half_lives)
    local before = not redis.call('ZSCORE', key, id) and redis.call('ZSCORE', prefix .. name(age - 1), id)
    redis.call('ZINCRBY', key, weight + (before and tonumber(before) * left or 0), id)
    if redis.call('ZSCORE', prefix .. name(age + 1), id) then  -- it came late
      redis.call('ZINCRBY', prefix .. name(age + 1), weight * left, id)
    end
  end
end
