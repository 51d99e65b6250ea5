// Mute windows: incidents that open while one holds open muted, and nothing is sent about them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/fields.h"
#include "core/time.h"

namespace driftd::alerts {

struct MuteWindow {
  std::string model;  // empty: every model
  Time from = 0;      // event time; `from` belongs to the window, `to` does not
  Time to = 0;
};
const Fields<MuteWindow>& fields_of_mute_window();

[[nodiscard]] bool is_muted(std::span<const MuteWindow> windows, std::string_view model, Time time);

}  // namespace driftd::alerts
