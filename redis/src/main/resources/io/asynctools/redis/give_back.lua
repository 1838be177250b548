-- Gives back what was granted and not used, as far as it would still be there had it never been
-- granted: what would have run over meanwhile is not given back, else more than the capacity could
-- go through at one instant.
--   ARGV 1, from the fourth number: what is given back, in microseconds and parts; the instant at
--           which the debt was to be over, right after the grant
--        2  what had been given back by then
-- Gives how many microseconds came back.
if not stored then
  return 0
end
local q, r = askq, askr
local room = sixth - now - math.max(returned - struct.unpack('>d', ARGV[2]), 0)
if room <= q then
  q, r = math.max(room, 0), 0
end
if q > debt or (q == debt and r > rem) then
  q, r = debt, rem
end
if returned + q > 2^52 then
  return 0 -- it could not be counted any more
end
if q > 0 or r > 0 then
  till = math.max(till, now + debt + 1)
  debt, rem = debt - q, rem - r
  if rem < 0 then
    debt, rem = debt - 1, rem + d
  end
  if r > 0 then
    q = q + 1
  end
  returned = returned + q
  stepped = true
end
if stepped then
  store()
end
return q
