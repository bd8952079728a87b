-- SPDX-License-Identifier: MIT
-- wrk sends so many requests at once as its first argument says.
local text

function init(arguments)
  local all = {}
  for i = 1, tonumber(arguments[1]) do all[i] = wrk.format() end
  text = table.concat(all)
end

function request()
  return text
end
