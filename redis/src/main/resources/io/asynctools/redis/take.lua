-- Takes what the head of a wait queue asks for, all or none, and as many permits more as fit. What
-- does not fit yet is booked, if the head would wait for its slot.
--   nothing, or no argument at all: one permit, however long it takes;
--   one number: one permit, with the longest wait in microseconds; -1 to tell how many tokens there
--   are; -2 to fill the bucket;
--   three: how many permits, and what they cost, in microseconds and parts;
--   twelve: those three; how many permits are wanted besides, and what those cost together; what was
--   granted elsewhere and is to be charged first, up to the capacity: permits, microseconds, parts;
--   the longest wait; the mark of a booking that is still held, and `returned` at the time, or 0, 0
-- Gives how many more were taken, the instant at which the debt will be over, what had been refunded
-- by now; and where there is a wait or a mix of limits: the wait for the head and for the last,
-- below 0 for what would fit besides, and 1 in a mix. Or -1, the microseconds to wait, 0; or, if the
-- booking that is held stands, -2 and the wait as of now.
return each(function(key, asked)
  local exists, wrong = look(key)
  if wrong then
    return '!' .. wrong
  end

  local n, q, r, patience = 1, oneq, oner, 2^50
  local more, allq, allr = 0, 0, 0
  local charge, chargeq, charger, held, before = 0, 0, 0, 0, 0
  local length = asked and #asked or 0
  if length == 8 then
    patience = struct.unpack('>d', asked)
    if patience == -1 then
      return struct.pack('>ddd', whole(), cap, 0)
    elseif patience == -2 then
      debt, rem, returned, till, busy, epoch, hold, seenrate = 0, 0, 0, 0, 0, 0, 0, 0
      wrong = exists and store(key)
      if wrong then
        return '!' .. wrong
      end
      return struct.pack('>ddd', 0, 0, 0)
    end
  elseif length == 24 then
    n, q, r = struct.unpack('>ddd', asked)
  elseif length > 0 then
    n, q, r, more, allq, allr, charge, chargeq, charger, patience, held, before =
      struct.unpack('>dddddddddddd', asked)
  end
  if num ~= ownnum or d ~= ownd then
    q, r = cost(n)
    allq, allr = cost(more)
    chargeq, charger = cost(charge)
  end

  if held > 0 and exists and held - now <= debt + math.max(returned - before, 0) then
    wrong = stepped and store(key)
    if wrong then
      return '!' .. wrong
    end
    return struct.pack('>dddddd', -2, debt - capq + (rem > capr and 1 or 0), 0, 0, 0, mixed)
  end

  if charge > 0 then
    local beforeq, beforer = debt, rem
    debt, rem = debt + chargeq, rem + charger
    if rem >= d then
      debt, rem = debt + 1, rem - d
    end
    if debt > capq or (debt == capq and rem > capr) then
      -- What is cut off is as good as refunded, or a grant that is refunded later counts it.
      till = math.max(till, now + debt + 1)
      local cutq, cutr = capq, capr
      if beforeq > capq or (beforeq == capq and beforer > capr) then
        cutq, cutr = beforeq, beforer -- what is booked stays
      end
      returned = returned + debt - cutq + 1
      debt, rem = cutq, cutr
    end
    stepped = true
  end

  local start, head = debt, q
  q, r = debt + q, rem + r
  if r >= d then
    q, r = q + 1, r - d
  end
  local wait = q - capq
  if r > capr then
    wait = wait + 1
  end
  if wait > math.max(patience, 0) then
    wrong = stepped and store(key)
    if wrong then
      return '!' .. wrong
    end
    if mixed > 0 then
      return struct.pack('>dddddd', -1, wait, 0, 0, 0, mixed)
    end
    return struct.pack('>ddd', -1, wait, 0)
  end
  debt, rem = q, r

  -- Those behind the head get what fits, and are booked for a little more.
  local taken = 0
  if more > 0 then
    local mostq, mostr = capq, capr
    if patience > 0 then
      mostq = math.max(capq, start) + AHEAD
    end
    q, r = debt + allq, rem + allr
    if r >= d then
      q, r = q + 1, r - d
    end
    if q < mostq or (q == mostq and r <= mostr) then
      debt, rem = q, r
      taken = more
    elseif oner == 0 then
      taken = math.min(math.max(math.floor((mostq - debt) / oneq), 0), more)
      if debt + taken * oneq > mostq then
        taken = math.max(taken - 1, 0) -- the quotient was rounded
      end
      debt = debt + taken * oneq
    else
      while taken < more do
        q, r = debt + oneq, rem + oner
        if r >= d then
          q, r = q + 1, r - d
        end
        if q > mostq or (q == mostq and r > mostr) then
          break
        end
        debt, rem = q, r
        taken = taken + 1
      end
    end
  end

  local last = debt - capq
  if rem > capr then
    last = last + 1
  end
  if last > 0 then
    till = math.max(till, now + debt + 1)
    busy = math.max(busy, now + last)
    if wait > 0 and head > AHEAD and head > oneq then -- a large one
      most = math.max(most, head + 1)
      epoch = math.max(epoch, now + wait)
    end
  end
  wrong = store(key)
  if wrong then
    return '!' .. wrong
  end
  if last > 0 or mixed > 0 then
    return struct.pack('>dddddd', taken, now + debt, returned, wait, last, mixed)
  end
  return struct.pack('>ddd', taken, now + debt, returned)
end)
