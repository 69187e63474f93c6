-- Takes all the seats for one buyer, or none.
--
-- KEYS[1]   buyer-hold:{event}:user    id of the buyer's open hold
-- KEYS[2]   claims-issued:{event}      tickets of the queue
-- KEYS[3]   claims-settled:{event}     how many of them are settled
-- KEYS[4..] seat-lock:{event}:seat     one for each seat
-- ARGV[1]   id for a new hold, used when the buyer has none open
-- ARGV[2]   time to live, ms
--
-- Replies   {'locked', holdId, ticket, settled}   every seat is the hold's (some may have been before)
--           {'taken', n, n, ...}                  nothing changed; the n-th seats asked for (from 1) are another's or sold
local hold = redis.call('GET', KEYS[1]) or ARGV[1]
local reply = {'taken'}
for i = 4, #KEYS do
  local owner = redis.call('GET', KEYS[i])
  if owner and owner ~= hold then
    reply[#reply + 1] = i - 3
  end
end
if #reply > 1 then
  return reply
end
for i = 4, #KEYS do
  redis.call('SET', KEYS[i], hold, 'PX', ARGV[2])
end
redis.call('SET', KEYS[1], hold, 'PX', ARGV[2])
return {'locked', hold, redis.call('INCR', KEYS[2]), tonumber(redis.call('GET', KEYS[3]) or 0)}
