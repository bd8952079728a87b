// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/http/challenge.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/conditional.hpp"
#include "zocalo/http/content_disposition.hpp"
#include "zocalo/http/cookie.hpp"
#include "zocalo/http/cookie_file.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/digest_nonces.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/event_stream.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/form.hpp"
#include "zocalo/http/limits.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/media_types.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/http/method.hpp"
#include "zocalo/http/multipart.hpp"
#include "zocalo/http/negotiate.hpp"
#include "zocalo/http/parameters.hpp"
#include "zocalo/http/range.hpp"
#include "zocalo/http/status.hpp"

/// The values of HTTP: methods, statuses, fields, the heads of messages, media types, dates,
/// limits, errors.
namespace zocalo::http {}
