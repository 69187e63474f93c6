-- Makes the locks say what MySQL says: the hold owns the seats until its expiry. Used to extend, to take over from a
-- token that MySQL did not know, and to rebuild what Redis lost.
--
-- KEYS[..]  lock keys, and the buyer-hold key
-- ARGV[1]   the hold's id
-- ARGV[2]   another token that may be replaced ('' for none)
-- ARGV[3]   time to live, ms
--
-- Replies   {'set', n}   n keys carry the hold's id now; keys that carry any other token were left alone
local set = 0
for i = 1, #KEYS do
  local owner = redis.call('GET', KEYS[i])
  if not owner or owner == ARGV[1] or owner == ARGV[2] then
    redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[3])
    set = set + 1
  end
end
return {'set', set}
