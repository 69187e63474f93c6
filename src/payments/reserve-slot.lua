-- Reserves the next free moment for one request to an endpoint of Stripe: a GCRA ("leaky bucket as a meter"), so that
-- all processes together keep the rate, evenly spaced, and each caller knows how long it waits.
--
-- KEYS[1]  the endpoint's bucket: the moment (microseconds) from which the next request may start
-- ARGV[1]  the space between two requests, microseconds
-- ARGV[2]  the longest wait that the caller takes, milliseconds
--
-- Replies  {'reserved', wait}  the caller sends its request after `wait` milliseconds
--          {'full', wait}      nothing reserved: it would have been `wait` milliseconds

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local space = tonumber(ARGV[1])
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local wait = math.ceil((free - now) / 1000)
if wait > tonumber(ARGV[2]) then
  return {'full', wait}
end
local next = free + space
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1000)
return {'reserved', wait}
