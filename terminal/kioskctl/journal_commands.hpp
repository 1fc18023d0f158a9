// The commands below `kioskctl journal`; each gets its words with its own name first.
#pragma once

#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

int journal_status(const Arguments& arguments);
int journal_export(const Arguments& arguments);
int journal_import(const Arguments& arguments);

}  // namespace bianmin::kioskctl
