-- Takes what the head of a line asks for, all or none, and as many permits more as fit.
--   nothing, or no argument at all, for one permit and no more; or what the head's request costs, in microseconds and
--   parts; and perhaps: how many permits are wanted besides, what those cost together, and what was
--   granted elsewhere and is to be charged first, up to the capacity
-- Gives how many more were taken, the instant at which the debt will be over, what had been given
-- back by now; or -1, the microseconds to wait, and 0.
return each(function(key, asked)
  local _, wrong = look(key)
  if wrong then
    return '!' .. wrong
  end

  local q, r, more, allq, allr, chargeq, charger = oneq, oner, 0
  local length = asked and #asked or 0
  if length == 16 then
    q, r = struct.unpack('>dd', asked)
  elseif length > 0 then
    q, r, more, allq, allr, chargeq, charger = struct.unpack('>ddddddd', asked)
    if chargeq > 0 or charger > 0 then
      debt, rem = debt + chargeq, rem + charger
      if rem >= d then
        debt, rem = debt + 1, rem - d
      end
      if debt > capq or (debt == capq and rem > capr) then
        -- What is cut off is as good as given back, or a grant that is given back later counts it.
        till = math.max(till, now + debt + 1)
        returned = returned + debt - capq + 1
        debt, rem = capq, capr
      end
      stepped = true
    end
  end

  q, r = debt + q, rem + r
  if r >= d then
    q, r = q + 1, r - d
  end
  if q > capq or (q == capq and r > capr) then
    wrong = stepped and store(key)
    if wrong then
      return '!' .. wrong
    end
    if r > capr then
      q = q + 1
    end
    return struct.pack('>ddd', -1, q - capq, 0)
  end
  debt, rem = q, r

  local taken = 0
  if more > 0 then
    q, r = debt + allq, rem + allr
    if r >= d then
      q, r = q + 1, r - d
    end
    if q < capq or (q == capq and r <= capr) then
      debt, rem = q, r
      taken = more
    else
      while taken < more do
        q, r = debt + oneq, rem + oner
        if r >= d then
          q, r = q + 1, r - d
        end
        if q > capq or (q == capq and r > capr) then
          break
        end
        debt, rem = q, r
        taken = taken + 1
      end
    end
  end
  wrong = store(key)
  if wrong then
    return '!' .. wrong
  end
  return struct.pack('>ddd', taken, now + debt, returned)
end)
