// Result<T>: a value, or an Error that the caller can act upon.
//
// Errors are values where the caller can act; exceptions are thrown only where the program cannot
// go on (a broken invariant, exhausted memory). Third-party exceptions stop at the file that
// includes that library and become an Error there.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace driftd {

// What the caller should do about an error.
enum class ErrorCode {
  invalid,      // the input or configuration is wrong: mend it
  not_found,    // what was asked for does not exist
  unavailable,  // the other side did not answer: try again later
  refused,      // the other side said no: do not try again
  corrupt,      // stored or received bytes contradict themselves
  io,           // a file, disk or socket failed
};

struct Error {
  ErrorCode code = ErrorCode::invalid;
  std::string message;  // names the file, key or offset at fault and the remedy
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition: ok().
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Precondition: !ok().
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

struct Nothing {};
using Status = Result<Nothing>;
inline Status success() { return Nothing{}; }

}  // namespace driftd
