-- Releases, for each of several holds, the locks that still carry its token; another's lock, or a sold seat's marker, stays.
--
-- KEYS[..]  for each hold its lock keys, and the buyer-hold key where the hold is over
-- ARGV      for each hold: its id; how many keys
--
-- Replies   {'unlocked', n}   n keys were the holds' and are gone
local unlocked = 0
local last = 0
for hold = 1, #ARGV, 2 do
  local first = last + 1
  last = last + ARGV[hold + 1]
  for i = first, last do
    -- A key of another type, which no path of the program makes, is nobody's, and no fault of the others.
    if redis.pcall('GET', KEYS[i]) == ARGV[hold] then
      unlocked = unlocked + redis.call('DEL', KEYS[i])
    end
  end
end
return {'unlocked', unlocked}
