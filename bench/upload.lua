-- SPDX-License-Identifier: MIT
-- wrk puts files of so many bytes as its first argument says, sixteen names in turn.
local content
local count = 0

function init(arguments)
  content = string.rep("x", tonumber(arguments[1]))
end

function request()
  count = count + 1
  return wrk.format("PUT", "/upload" .. count % 16 .. ".bin", nil, content)
end
