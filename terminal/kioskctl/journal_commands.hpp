// The commands below `kioskctl journal`; each gets its words with its own name first.
#pragma once

#include <filesystem>
#include <memory>

#include "sync/store/journal.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

int journal_status(const Arguments& arguments);
int journal_export(const Arguments& arguments);
int journal_import(const Arguments& arguments);
int journal_dead(const Arguments& arguments);
int journal_retry(const Arguments& arguments);

// The terminal's journal, as the options --journal and --keys say; a damaged one is replaced as at a start.
Result<std::unique_ptr<store::Journal>> open_journal(const Arguments& arguments);
std::filesystem::path journal_keys(const Arguments& arguments);

}  // namespace bianmin::kioskctl
