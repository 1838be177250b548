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
-- One run answers for as many keys as are named, each for itself, at one instant:
--
--   KEYS i       a bucket
--   ARGV 1       of all of them: how many parts make a microsecond; the capacity, and what a permit
--                costs, in microseconds and parts
--   ARGV i + 1   what is asked of bucket i: take.lua and give_back.lua explain it
--
-- The answer of each is numbers, as doubles; or what is wrong with the key, after an exclamation
-- mark, with which no such number begins.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local d, capq, capr, oneq, oner = struct.unpack('>ddddd', ARGV[1])

-- Of the bucket that is looked at, and whether it has to be stored even if nothing is taken.
local debt, rem, returned, till, stepped

-- Reads a bucket. Gives whether there is one, and what is wrong with it.
local function look(key)
  debt, rem, returned, till, stepped = 0, 0, 0, 0, false
  local stored = redis.pcall('GET', key)
  if not stored then
    return false
  end
  if type(stored) == 'table' then
    return true, stored.err -- the key is of another type, say
  end
  local length = #stored
  if (length ~= 25 and length ~= 41) or string.byte(stored) ~= 0xFE then
    return true, 'FOREIGN value'
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
  return true
end

-- Gives what went wrong.
local function store(key)
  local full, value = now + debt
  if returned > 0 then
    full = math.max(full, till)
    value = struct.pack('>Bddddd', 0xFE, now, debt, rem, returned, till)
  else
    value = struct.pack('>Bddd', 0xFE, now, debt, rem)
  end
  return redis.pcall('SET', key, value, 'PXAT', math.floor(full / 1000) + 2).err
end

local function each(answer)
  local answers = {}
  for i = 1, #KEYS do
    answers[i] = answer(KEYS[i], ARGV[i + 1])
  end
  return answers
end
