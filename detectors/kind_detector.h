// The frame of a kind's detector: what all of them do alike. `Self` says the rest:
//
//   struct Parameters; static const Fields<Parameters>& fields();
//   static constexpr Accepts kAccepts;      // other values change nothing (sequential_detector.h)
//   void begin();                           // the state of a new detector, as the constructor leaves it
//   Signal step(double value);              // after one accepted value; signal() is the one before
//   template <class Self, class Visitor> static void each(Self& self, Visitor& visit);  // the whole state
//   bool plausible() const;                 // whether loaded state is safe to go on with
// and, where the standard does not fit:
//   void after_drift();                     // before the step that follows a drift; the standard is reset()
//   void loaded();                          // what is derived from state; the standard is nothing
//   std::size_t held() const;               // bytes outside of the object; the same for ever, 0 as standard
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "detectors/kind.h"
#include "detectors/kind_fields.h"

namespace driftd::detectors {

// A count that still can grow for as long as a stream may last.
inline bool plausible_count(std::int64_t count,
                            std::int64_t most = std::numeric_limits<std::int64_t>::max() / 4) {
  return count >= 0 && count <= most;
}

class StateWriter {
 public:
  explicit StateWriter(Encoder& out) : out_(out) {}
  void operator()(const double& value) { out_.put_double(value); }
  void operator()(const std::int64_t& value) { out_.put_i64(value); }
  void operator()(const bool& value) { out_.put_bool(value); }
  template <class T>
  void operator()(const std::vector<T>& values) {
    out_.put_u64(values.size());
    for (const T& value : values) (*this)(value);
  }
  void operator()(const std::vector<std::uint8_t>& bytes) {
    out_.put_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

 private:
  Encoder& out_;
};

// A vector keeps the size that begin() gave it: another one is a fault.
class StateReader {
 public:
  explicit StateReader(Decoder& in) : in_(in) {}
  void operator()(double& value) { value = in_.get_double(); }
  void operator()(std::int64_t& value) { value = in_.get_amount(); }
  void operator()(bool& value) { value = in_.get_bool(); }
  template <class T>
  void operator()(std::vector<T>& values) {
    if (in_.get_count() != values.size()) return in_.fail();
    for (T& value : values) (*this)(value);
  }
  void operator()(std::vector<std::uint8_t>& bytes) {
    const std::string_view text = in_.get_text();
    if (text.size() != bytes.size()) return in_.fail();
    bytes.assign(text.begin(), text.end());
  }

 private:
  Decoder& in_;
};

template <class Self>
class KindDetector : public SequentialDetector {
 public:
  Signal update(double value) final {
    if (!accepts(Self::kAccepts, value)) return signal_;
    if (signal_ == Signal::drift) self().after_drift();
    signal_ = self().step(value);
    return signal_;
  }
  void reset() final {
    signal_ = Signal::none;
    self().begin();
  }

  void save(Encoder& out) const final {
    out.put_u8(static_cast<std::uint8_t>(signal_));
    StateWriter writer(out);
    Self::each(self(), writer);
  }
  Status load(Decoder& in) final {
    reset();
    const std::uint8_t signal = in.get_u8();
    StateReader reader(in);
    Self::each(self(), reader);
    if (in.ok() && signal <= static_cast<std::uint8_t>(Signal::drift) && self().plausible()) {
      signal_ = static_cast<Signal>(signal);
      self().loaded();
      return success();
    }
    reset();
    return Error{ErrorCode::corrupt, "the state of the detector contradicts itself"};
  }

  [[nodiscard]] std::size_t bytes() const final { return sizeof(Self) + self().held(); }
  [[nodiscard]] std::size_t memory_limit() const final { return sizeof(Self) + self().most_held(); }

 protected:
  [[nodiscard]] Signal signal() const { return signal_; }
  void after_drift() { reset(); }
  void loaded() {}
  [[nodiscard]] std::size_t held() const { return 0; }
  [[nodiscard]] std::size_t most_held() const { return self().held(); }

 private:
  friend Self;
  KindDetector() = default;
  Self& self() { return static_cast<Self&>(*this); }
  const Self& self() const { return static_cast<const Self&>(*this); }

  Signal signal_ = Signal::none;
};

}  // namespace driftd::detectors
