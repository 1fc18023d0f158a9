// Result<T>: a value or an Error, for every call that can fail.
//
// Thread-safe as values are. No exception crosses a header of this project.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace bianmin {

// What the one who meets the error can do about it.
enum class Remedy {
  retry_later,   // the same call may succeed later, without anybody doing anything
  ask_resident,  // the resident can mend it: another card, hold still, try again
  call_staff,    // a person of the site has to look
  refuse,        // it will never succeed: bad input, a forged record, a broken package
};

std::string_view remedy_name(Remedy remedy);

// `code` is stable, public and static ("card.removed"): it is on screens, in logs, in documents and in
// tests, and never changes its meaning. `detail` is for the log and NEVER holds personal data.
struct Error {
  Remedy remedy = Remedy::refuse;
  std::string_view code;
  std::string detail;

  std::string text() const;  // "code: detail"
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}    // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // The value; calling these on an error is a bug and aborts.
  T& value() & { return *checked(std::get_if<0>(&state_)); }
  const T& value() const& { return *checked(std::get_if<0>(&state_)); }
  T&& value() && { return std::move(*checked(std::get_if<0>(&state_))); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // The error; calling it on a value is a bug and aborts.
  const Error& error() const { return *checked(std::get_if<1>(&state_)); }

 private:
  template <typename P>
  static P* checked(P* pointer) {
    if (pointer == nullptr) __builtin_trap();
    return pointer;
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    if (!error_) __builtin_trap();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace bianmin
