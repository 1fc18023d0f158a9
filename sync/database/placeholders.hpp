// SQL of both engines as PostgreSQL numbers it.
#pragma once

#include <string>
#include <string_view>

namespace bianmin::database {

// `?` and `?7` become `$1`, `$2` … and `$7`, but not inside quotes. Pure. Comments are not known: the SQL is
// our own.
std::string numbered_placeholders(std::string_view sql);

}  // namespace bianmin::database
