-- Names the locks of holds that would never run out, which no path of the program leaves behind.
--
-- KEYS[..]  lock keys
-- ARGV[1]   the value of a sold seat's key, which has no expiry
--
-- Replies   {n, n, ...}   the n-th keys (from 1) have a hold's id and no expiry
local endless = {}
for i = 1, #KEYS do
  if redis.call('PTTL', KEYS[i]) == -1 and redis.call('GET', KEYS[i]) ~= ARGV[1] then
    endless[#endless + 1] = i
  end
end
return endless
