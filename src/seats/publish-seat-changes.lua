-- Appends changes to the event's stream, from which a viewer resumes, and tells the servers of them under the same id.
--
-- KEYS[1]  seat-changes:{event}
-- ARGV[1]  channel   ARGV[2]  changes, JSON   ARGV[3]  entries kept, about   ARGV[4]  the stream's time to live, ms
--
-- Replies  the stream id
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'c', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', ARGV[1], '{"id":"' .. id .. '","changes":' .. ARGV[2] .. '}')
return id
