-- Releases the locks that still carry the owner's token; another's lock, or a sold seat's marker, stays.
--
-- KEYS[..]  lock keys, and the buyer-hold key where the hold is over
-- ARGV[1]   the hold's id
--
-- Replies   {'unlocked', n}   n keys were the hold's and are gone
local unlocked = 0
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    unlocked = unlocked + redis.call('DEL', KEYS[i])
  end
end
return {'unlocked', unlocked}
