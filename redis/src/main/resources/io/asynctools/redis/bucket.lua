-- The bucket of a key, as it is now; take.lua and give_back.lua go on from here.
--
-- It is kept as a debt: how long, in microseconds of the server's clock, until it is full. The debt
-- at the instant `last` is `debt` whole microseconds and `rem` parts of which `d` make another. All
-- numbers are whole and below 2^53, so that none is ever rounded; a number becomes text by %.0f
-- only, as tostring keeps 14 digits.
--
-- The value is "last debt rem", or "last debt rem returned till" once something was given back:
-- `returned` microseconds in all, and before `till` somebody might give back more of what was taken
-- earlier. The key is gone when the bucket is full and `till` has come.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local d, capq, capr = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local debt, rem, returned, till = 0, 0, 0, 0
local stepped = false

local stored = redis.pcall('GET', KEYS[1])
if stored then
  if type(stored) == 'table' then
    return stored -- an error: the key is of another type, say
  end
  local a, b, c, e, f = string.match(stored, '^(%d+) (%d+) (%d+) ?(%d*) ?(%d*)$')
  if not a then
    return redis.error_reply('FOREIGN value')
  end
  local last = tonumber(a)
  debt, rem = tonumber(b), tonumber(c)
  if f ~= '' then
    returned, till = tonumber(e), tonumber(f)
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
  local value = string.format('%.0f %.0f %.0f', now, debt, rem)
  local full = now + debt
  if returned > 0 then
    value = value .. string.format(' %.0f %.0f', returned, till)
    full = math.max(full, till)
  end
  redis.call('SET', KEYS[1], value, 'PXAT', string.format('%.0f', math.floor(full / 1000) + 2))
end

