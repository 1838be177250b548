-- The bucket of a key, as it is now; take.lua and give_back.lua go on from here.
--
-- A bucket is kept as a debt: how long, in microseconds of the server's clock, until it is full. The
-- debt at the instant `last` is `debt` whole microseconds and `rem` parts of which `d` make another.
-- All numbers are whole and below 2^53, so that none is ever rounded.
--
-- A permit that does not fit yet may be booked: the debt then exceeds the capacity, and the permit
-- counts from the instant at which the debt is down to the capacity, its slot. Slots are given in
-- the order in which questions arrive. Its holder waits for the slot by itself; the passing of time
-- pays for a slot whose holder has died.
--
-- A limit is a rate, num / d microseconds a permit, and a capacity, `cap` permits. The value carries
-- the limit that is in force. If those who ask give different ones, the highest rate and the largest
-- capacity are in force until none who gives them has asked for GRACE. A change keeps the tokens.
--
-- The value, big-endian: a byte that no text begins with, 0xF8 and 1 if there is `rem`, 2 if there
-- are bookings or refunds, 4 if limits differ; num, d, cap, last, debt (7 bytes each), and of those:
--   1: rem
--   2: returned, till, busy, spent, most, epoch, hold. `returned` is how many microseconds were refunded
--      in all, and before `till` a grant made earlier may still be refunded. `busy` is the last slot.
--      `spent` of refunds were made since `epoch` was set, with bookings before it outstanding, the
--      largest of them `most`. Until `epoch` the debt stays at `hold`: a limit that was slower has
--      booked as much, and its slots come later than the time that pays for them.
--   4: rate, capacity: when one who gives that rate, that capacity, has asked last
-- The key is gone when the bucket is full and `till` has come. To look at it:
-- EVAL "return {struct.unpack('>BI7I7I7I7I7', redis.call('GET', KEYS[1]))}" 1 <key>
--
-- One run answers for as many keys as are named, each for itself, at one instant:
--
--   KEYS i       a bucket
--   ARGV 1       the limit of all of them: capacity and one permit, in microseconds and parts
--                (doubles); num, d, cap (7 bytes each); perhaps num, d, cap of the limit that this
--                one replaces
--   ARGV i + 1   what is asked of bucket i: take.lua and give_back.lua explain it
-- or, where the limits differ, ARGV 2i - 1 and ARGV 2i.
--
-- The answer of each is numbers, as doubles; or what is wrong with the key, after an exclamation
-- mark, with which no such number begins.
local GRACE = 2000000 -- twice as long as one who waits keeps silent
local AHEAD = 10000 -- how far beyond what fits permits are booked for those behind the head

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- The limit that the question gives.
local own, ownnum, ownd, owncap, owncapq, owncapr, ownoneq, ownoner, replaced

-- Of the bucket that is looked at: the limit in force, the state, whether it has to be stored even
-- if nothing is taken, and 1 if others give another limit.
local num, d, cap, capq, capr, oneq, oner
local debt, rem, returned, till, busy, spent, most, epoch, hold, seenrate, seencap, stepped, mixed

local function limit(argument)
  own = string.sub(argument, 33, 53)
  replaced = string.sub(argument, 54, 74)
  owncapq, owncapr, ownoneq, ownoner, ownnum, ownd, owncap = struct.unpack('>ddddI7I7I7', argument)
end

-- What n permits cost under the limit in force, rounded up if it cannot be told exactly.
local function cost(n)
  local parts = n * oner
  if parts < 2^53 then
    local r = math.fmod(parts, d)
    return n * oneq + (parts - r) / d, r
  end
  return n * oneq + math.floor(n * (oner / d)) + 1, 0
end

local function put(n, e, c)
  num, d, cap = n, e, c
  if n == ownnum and e == ownd then
    oneq, oner = ownoneq, ownoner
  else
    oner = math.fmod(n, e)
    oneq = (n - oner) / e
  end
  if c == owncap and n == ownnum and e == ownd then
    capq, capr = owncapq, owncapr
  else
    capq, capr = cost(c)
  end
end

-- Whether so many permits more would fit.
local function fits(n)
  local q, r = cost(n)
  q, r = debt + q, rem + r
  if r >= d then
    q, r = q + 1, r - d
  end
  return q < capq or (q == capq and r <= capr)
end

-- How many whole tokens there are.
local function whole()
  local tokens = math.floor(((capq - debt) + (capr - rem) / d) / num * d)
  tokens = math.min(math.max(tokens, 0), cap)
  while tokens > 0 and not fits(tokens) do
    tokens = tokens - 1
  end
  while tokens < cap and fits(tokens + 1) do
    tokens = tokens + 1
  end
  return tokens
end

-- Puts another limit in force: the tokens stay, as many as the new capacity holds.
local function change(n, e, c)
  local before, q, r = debt, capq, capr
  local faster = n / e < num / d
  if n == num and e == d then
    put(n, e, c)
    debt, rem = debt + capq - q, rem + capr - r
    if rem < 0 then
      debt, rem = debt - 1, rem + d
    elseif rem >= d then
      debt, rem = debt + 1, rem - d
    end
  else
    local tokens = whole()
    local tokenq, tokenr = cost(tokens)
    -- What is there besides, in tokens: a fraction, or below 0 what is booked.
    if hold > 0 then
      hold = math.floor(hold / num * d / e * n) + 2
    end
    local rest = ((q - debt - tokenq) + (r - rem - tokenr) / d) / num * d
    put(n, e, c)
    if tokens >= cap then
      debt, rem = 0, 0
    else
      tokenq, tokenr = cost(tokens)
      debt, rem = capq - tokenq, capr - tokenr
      if rem < 0 then
        debt, rem = debt - 1, rem + d
      end
      rest = math.floor((rest - math.abs(rest) * 1e-15) / d * num)
      if rest ~= 0 then
        debt = debt - rest + 1
      end
    end
    if not faster then
      -- What is booked comes at the old rate.
      debt = math.min(debt, capq + 1 + math.max(before - q, busy - now, 0))
    end
  end
  if debt < 0 then
    debt, rem = 0, 0
  end
  -- What was granted before is not refunded: a mark means another debt.
  returned = returned + math.max(before, till - now, 0) + 1
  till = math.max(till, now + math.max(before, debt) + 1)
  if before > q then
    busy = math.max(busy, now + before - q)
  end
  if busy > now then
    most, epoch = capq, math.max(epoch, busy)
    hold = math.max(hold, debt - capq, 0)
  end
  stepped = true
end

-- Which limit is in force, where the value has another than the question gives.
local function settle()
  local samerate, samecap = num == ownnum and d == ownd, cap == owncap
  local n, e, c = num, d, cap
  if samerate then
    seenrate = now
  else
    local over = now - seenrate > GRACE or string.sub(replaced, 1, 14) == struct.pack('>I7I7', num, d)
    if over or ownnum / ownd < num / d then
      n, e = ownnum, ownd
    end
    if not over then
      mixed = 1
    end
  end
  if samecap then
    seencap = now
  else
    local over = now - seencap > GRACE or string.sub(replaced, 15) == struct.pack('>I7', cap)
    if over or owncap > cap then
      c = owncap
    end
    if not over then
      mixed = 1
    end
  end
  if n ~= num or e ~= d or c ~= cap then
    if n ~= num or e ~= d then
      seenrate = now
    end
    if c ~= cap then
      seencap = now
    end
    change(n, e, c)
  end
  if num == ownnum and d == ownd and cap == owncap and mixed == 0 then
    seenrate, seencap = 0, 0
  end
  stepped = true
end

-- Reads a bucket. Gives whether there is one, and what is wrong with it.
local function look(key)
  num, d, cap, capq, capr, oneq, oner = ownnum, ownd, owncap, owncapq, owncapr, ownoneq, ownoner
  debt, rem, returned, till, busy, spent, most, epoch, hold = 0, 0, 0, 0, 0, 0, 0, 0, 0
  seenrate, seencap, stepped, mixed = 0, 0, false, 0
  local stored = redis.pcall('GET', key)
  if not stored then
    return false
  end
  if type(stored) == 'table' then
    return true, stored.err -- the key is of another type, say
  end
  local length = #stored
  local flags = (string.byte(stored) or 0) - 0xF8
  local at, last = 37, 0
  if flags == 6 and (length == 25 or length == 41) then -- as the first version wrote it
    last, debt, rem = struct.unpack('>ddd', stored, 2)
    if length == 41 then
      returned, till = struct.unpack('>dd', stored, 26)
    end
    rem = math.min(rem, d - 1)
    if debt > capq or (debt == capq and rem > capr) then
      debt, rem = capq, capr
    end
  elseif flags < 0 or length < 36 then
    return true, 'FOREIGN value'
  else
    last, debt = struct.unpack('>I7I7', stored, 23)
    if flags % 2 == 1 then
      if length >= at + 6 then
        rem = struct.unpack('>I7', stored, at)
      end
      at = at + 7
    end
    if flags % 4 >= 2 then
      if length >= at + 48 then
        returned, till, busy, spent, most, epoch, hold = struct.unpack('>I7I7I7I7I7I7I7', stored, at)
      end
      at = at + 49
    end
    if flags >= 4 then
      if length >= at + 13 then
        seenrate, seencap = struct.unpack('>I7I7', stored, at)
      end
      at = at + 14
    end
    if length ~= at - 1 then
      return true, 'FOREIGN value'
    end
  end

  if now < last then
    -- The clock went back: no time has passed, and what was granted before ends earlier.
    till = math.max(till, last + debt + 1)
    returned = returned + last - now
    busy = math.max(busy - (last - now), 0)
    epoch = math.max(epoch - (last - now), 0)
    stepped = true
  elseif now - last <= debt then
    debt = debt - (now - last)
  else
    debt, rem = 0, 0
  end
  if busy <= now then
    busy = 0
  end
  local held = hold - math.max(now - epoch, 0)
  if debt < held then
    debt, rem = held, 0
  end
  if epoch <= now then
    spent, most, epoch, hold = 0, 0, 0, 0
  end

  if flags ~= 6 or (length ~= 25 and length ~= 41) then
    local force = string.sub(stored, 2, 22)
    if force ~= own then
      if flags < 4 then
        seenrate, seencap = last, last
      end
      put(struct.unpack('>I7I7I7', force))
      settle()
    elseif seenrate > 0 then
      seenrate, seencap, stepped = 0, 0, true
    end
  end
  return true
end

-- Gives what went wrong.
local function store(key)
  local full, flags, tail = now + debt, 0xF8, ''
  if rem > 0 then
    flags, tail = flags + 1, struct.pack('>I7', rem)
  end
  if returned > 0 or busy > 0 or epoch > 0 then
    flags = flags + 2
    full = math.max(full, till, epoch + hold)
    tail = tail .. struct.pack('>I7I7I7I7I7I7I7', returned, till, busy, spent, most, epoch, hold)
  end
  if seenrate > 0 then
    flags = flags + 4
    tail = tail .. struct.pack('>I7I7', seenrate, seencap)
  end
  local value = struct.pack('>BI7I7I7I7I7', flags, num, d, cap, now, debt) .. tail
  return redis.pcall('SET', key, value, 'PXAT', math.floor(full / 1000) + 2).err
end

local function each(answer)
  local answers = {}
  local apart = #KEYS > 1 and #ARGV == 2 * #KEYS
  limit(ARGV[1])
  for i = 1, #KEYS do
    if apart then
      limit(ARGV[2 * i - 1])
      answers[i] = answer(KEYS[i], ARGV[2 * i])
    else
      answers[i] = answer(KEYS[i], ARGV[i + 1])
    end
  end
  return answers
end
