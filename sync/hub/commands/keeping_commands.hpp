// kiosk-hub's commands around custody: custody, custody-key, file, openings.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sync/custody/client.hpp"
#include "terminal/base/arguments.hpp"

namespace bianmin::hub {

// Where custody listens when it is not serve's child: in DIR/run, or in the folder given.
std::filesystem::path judge_socket(const std::filesystem::path& run_folder);
std::filesystem::path open_socket(const std::filesystem::path& run_folder);

// Exit codes as kiosk-hub's. custody and file run until SIGTERM.
int run_custody(const std::string& folder, const Arguments& arguments);
int run_file(const std::string& folder, const Arguments& arguments);
int run_custody_key(const std::string& folder, const Arguments& arguments);
int run_openings(const std::string& folder, const Arguments& arguments);

// For an operator's command: custody that listens in DIR/run (or at --custody SOCKET), or its keys themselves
// where they may be read.
class OperatorsCustody {
 public:
  // Errors: those of OwnCustody::load.
  static Result<std::unique_ptr<OperatorsCustody>> open(const std::filesystem::path& hub_folder,
                                                        const Arguments& arguments, custody::Role role);
  custody::Custody& judge() { return *judge_; }
  custody::RecordOpener& opener() { return *opener_; }

 private:
  SystemClock clock_;
  std::unique_ptr<custody::CustodyClient> client_;
  std::unique_ptr<custody::OwnCustody> own_;
  custody::Custody* judge_ = nullptr;
  custody::RecordOpener* opener_ = nullptr;
};

}  // namespace bianmin::hub
