-- Remembers several claims, each with the same expiry.
--
-- KEYS[..]  one for each claim
-- ARGV[1]   how long, ms
-- ARGV[..]  what is remembered of each
--
-- Replies   OK
for i = 1, #KEYS do
  redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1])
end
return redis.status_reply('OK')
