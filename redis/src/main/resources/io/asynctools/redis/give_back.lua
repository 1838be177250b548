-- Refunds what was granted and not used, as far as it would still be there had it never been
-- granted: what would have run over meanwhile is not refunded, else more than the capacity could
-- go through at one instant.
--   how many permits, what they cost, in microseconds and parts; the instant at which the debt was
--   to be over, right after the grant; what had been refunded by then
-- Gives how many microseconds came back.
--
-- While slots are booked that lie ahead, a refund moves none of them. So the tokens would gather
-- until those slots, and run over if they were more than the capacity less the largest request: of
-- a debt that would be paid off before a slot, time would count twice. The last booking comes back
-- as a whole. Of others, half of that much comes back until `epoch`, the last slot at the time of
-- the first of them: a slot sees two such stretches at most.
return each(function(key, asked)
  local exists, wrong = look(key)
  if wrong then
    return '!' .. wrong
  end
  local n, q, r, mark, before = struct.unpack('>ddddd', asked)
  if num ~= ownnum or d ~= ownd then
    q, r = cost(n)
  end
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
  local undone = false
  if busy > 0 and (q > 0 or r > 0) then
    local last = debt - capq
    if rem > capr then
      last = last + 1
    end
    if mark == now + debt and returned == before and spent == 0 and busy == now + last then
      undone = true -- nothing came after it: as if it had never been
      busy = busy - q
      if busy <= now then
        busy = 0
      end
    else
      local left = math.floor((capq - math.max(most, AHEAD, oneq + 1)) / 2) - spent - 1
      if q > left then
        q, r = math.max(left, 0), 0
      end
      if q > 0 or r > 0 then
        spent = spent + q + 1
        if epoch == 0 then
          epoch = busy
        end
      end
    end
  end
  if q > 0 or r > 0 then
    local full = now + debt + 1
    debt, rem = debt - q, rem - r
    if rem < 0 then
      debt, rem = debt - 1, rem + d
    end
    if r > 0 then
      q = q + 1
    end
    if not undone then
      till = math.max(till, full)
      returned = returned + q
    end
    stepped = true
  end
  wrong = stepped and store(key)
  if wrong then
    return '!' .. wrong
  end
  return struct.pack('>d', q)
end)
