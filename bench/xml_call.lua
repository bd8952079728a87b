-- SPDX-License-Identifier: MIT
-- wrk calls a method of XML-RPC, and looks at the first answer.
wrk.method = "POST"
wrk.headers["Content-Type"] = "text/xml"
wrk.body = "<?xml version='1.0'?>\n<methodCall><methodName>add</methodName><params>" ..
  "<param><value><int>1</int></value></param><param><value><int>2</int></value></param>" ..
  "</params></methodCall>\n"

local is_known = false

function response(status, _, body)
  if is_known then return end
  if status ~= 200 or not body:find("<i?n?t?i?4?>3</") then error("no sum: " .. body) end
  is_known = true
end
