-- Gives back what was granted and not used, as far as it would still be there had it never been
-- granted: what would have run over meanwhile is not given back, else more than the capacity could
-- go through at one instant.
--   what is given back, in microseconds and parts; the instant at which the debt was to be over,
--   right after the grant; what had been given back by then
-- Gives how many microseconds came back.
return each(function(key, asked)
  local exists, wrong = look(key)
  if wrong then
    return '!' .. wrong
  end
  local q, r, mark, before = struct.unpack('>dddd', asked)
  local room = mark - now - math.max(returned - before, 0)
  if room <= q then
    q, r = math.max(room, 0), 0
  end
  if q > debt or (q == debt and r > rem) then
    q, r = debt, rem
  end
  if not exists or returned + q > 2^52 then -- it could not be counted any more
    return struct.pack('>d', 0)
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
  wrong = stepped and store(key)
  if wrong then
    return '!' .. wrong
  end
  return struct.pack('>d', q)
end)
