-- Takes what the head of a line asks for, all or none, and as many permits more as fit.
--   ARGV 1, from the fourth number: what the head's request costs, in microseconds and parts; how
--           many permits are wanted besides, 0 for none
--        2  where some are, or something is to be charged: what those cost together, what one
--           costs, and what was granted elsewhere and is to be charged first, up to the capacity
-- Gives how many more were taken, the instant at which the debt will be over, what had been given
-- back by now; or -1 and the microseconds to wait.
local q, r, more = askq, askr, sixth
local allq, allr, oneq, oner, chargeq, charger
if ARGV[2] then
  allq, allr, oneq, oner, chargeq, charger = struct.unpack('>dddddd', ARGV[2])
end

if ARGV[2] and (chargeq > 0 or charger > 0) then
  debt, rem = debt + chargeq, rem + charger
  if rem >= d then
    debt, rem = debt + 1, rem - d
  end
  if debt > capq or (debt == capq and rem > capr) then
    -- What is cut off is as good as given back, or a grant that is given back later would count it.
    till = math.max(till, now + debt + 1)
    returned = returned + debt - capq + 1
    debt, rem = capq, capr
  end
  stepped = true
end

q, r = debt + q, rem + r
if r >= d then
  q, r = q + 1, r - d
end
if q > capq or (q == capq and r > capr) then
  if stepped then
    store()
  end
  if r > capr then
    q = q + 1
  end
  return {-1, q - capq}
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
store()
return {taken, now + debt, returned}
