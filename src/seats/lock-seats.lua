-- Takes for each of several claims on seats of one event all of its seats, or none; one claim after the other.
--
-- KEYS[1]   claims-issued:{event}      tickets of the queue
-- KEYS[2]   claims-settled:{event}     how many of them are settled
-- and for each claim
--           buyer-hold:{event}:user    id of the buyer's open hold
--           seat-lock:{event}:seat     one for each seat
-- ARGV      for each claim: id for a new hold, used when the buyer has none open; time to live, ms; how many seats
--
-- Replies   {settled, {claim's reply}, ...}, with for each claim
--           {'locked', holdId, ticket}   every seat is the hold's (some may have been before)
--           {'taken', n, n, ...}         nothing changed; the n-th seats asked for (from 1) are another's or sold
--           {'failed', message}          nothing changed; a key is of another type, which no path of the program makes
local replies = {tonumber(redis.call('GET', KEYS[2]) or 0)}
local buyer = 3
for claim = 1, #ARGV, 3 do
  local hold = redis.pcall('GET', KEYS[buyer]) or ARGV[claim]
  local fault = type(hold) == 'table' and hold
  local last = buyer + ARGV[claim + 2]
  local reply = {'taken'}
  for i = buyer + 1, last do
    local owner = redis.pcall('GET', KEYS[i])
    if type(owner) == 'table' then
      fault = owner
    elseif owner and owner ~= hold then
      reply[#reply + 1] = i - buyer
    end
  end
  if fault then
    reply = {'failed', fault.err}
  elseif #reply == 1 then
    for i = buyer + 1, last do
      redis.call('SET', KEYS[i], hold, 'PX', ARGV[claim + 1])
    end
    redis.call('SET', KEYS[buyer], hold, 'PX', ARGV[claim + 1])
    reply = {'locked', hold, redis.call('INCR', KEYS[1])}
  end
  replies[#replies + 1] = reply
  buyer = last + 1
end
return replies
