-- Takes what the head of a line asks for, all or none, and as many permits more as fit.
--   ARGV 4 5    what the head's request costs
--        6      how many permits are wanted besides, 0 for none; then
--        7 8    what they cost together, and
--        9 10   what one costs
--        11 12  what was granted elsewhere and is to be charged first, up to the capacity
-- Gives how many more were taken, the instant at which the debt will be over, what had been given
-- back by now; or -1 and the microseconds to wait.
local q, r = tonumber(ARGV[4]), tonumber(ARGV[5])
local more = tonumber(ARGV[6])

if ARGV[11] then
  debt, rem = debt + ARGV[11], rem + ARGV[12]
  if rem >= d then
    debt, rem = debt + 1, rem - d
  end
  if debt > capq or (debt == capq and rem > capr) then
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
  q, r = debt + ARGV[7], rem + ARGV[8]
  if r >= d then
    q, r = q + 1, r - d
  end
  if q < capq or (q == capq and r <= capr) then
    debt, rem = q, r
    taken = more
  else
    local oneq, oner = tonumber(ARGV[9]), tonumber(ARGV[10])
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
