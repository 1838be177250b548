-- The bucket of a key, as it is now; take.lua and give_back.lua go on from here.
--
-- It is kept as a debt: how long, in microseconds of the server's clock, until it is full. The debt
-- at the instant `last` is `debt` whole microseconds and `rem` parts of which `d` make another. All
-- numbers are whole and below 2^53, so that none is ever rounded. They travel and are kept as the
-- doubles that they are here: as text they would take half of the time of a decision.
--
-- The value is a byte that no text begins with, then last, debt, rem, and once something was given
-- back: returned, till. `returned` is how many microseconds in all, and before `till` somebody might
-- give back more of what was taken earlier. The key is gone when the bucket is full and `till` has
-- come. To look at it: EVAL "local v = redis.call('GET', KEYS[1]) return
-- {struct.unpack(#v == 25 and '>Bddd' or '>Bddddd', v)}" 1 <key>
--
--   KEYS 1  the bucket
--   ARGV 1  how many parts make a microsecond; the capacity, in microseconds and parts; and three
--           numbers that take.lua or give_back.lua explains
--   ARGV 2  more of those, where there are more
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local d, capq, capr, askq, askr, sixth = struct.unpack('>dddddd', ARGV[1])
local debt, rem, returned, till = 0, 0, 0, 0
local stepped = false

local stored = redis.pcall('GET', KEYS[1])
if stored then
  if type(stored) == 'table' then
    return stored -- an error: the key is of another type, say
  end
  local length = #stored
  if (length ~= 25 and length ~= 41) or string.byte(stored) ~= 0xFE then
    return redis.error_reply('FOREIGN value')
  end
  local _, last
  if length == 25 then
    _, last, debt, rem = struct.unpack('>Bddd', stored)
  else
    _, last, debt, rem, returned, till = struct.unpack('>Bddddd', stored)
  end
  if rem >= d then
    rem = d - 1 -- the rate was another
  end
  if now < last then
    -- The clock went back: no time has passed, and what was granted before ends earlier.
    till = math.max(till, last + debt + 1)
    returned = returned + last - now
    stepped = true
  elseif now - last <= debt then
    debt = debt - (now - last)
  else
    debt, rem = 0, 0
  end
  if debt > capq or (debt == capq and rem > capr) then
    till = math.max(till, now + debt + 1)
    returned = returned + debt - capq + 1
    debt, rem = capq, capr -- the capacity was another
  end
end

local function store()
  local full, value = now + debt
  if returned > 0 then
    full = math.max(full, till)
    value = struct.pack('>Bddddd', 0xFE, now, debt, rem, returned, till)
  else
    value = struct.pack('>Bddd', 0xFE, now, debt, rem)
  end
  redis.call('SET', KEYS[1], value, 'PXAT', math.floor(full / 1000) + 2)
end

