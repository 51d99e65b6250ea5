#include "alerts/mute.h"

#include <algorithm>

namespace driftd::alerts {

const Fields<MuteWindow>& fields_of_mute_window() {
  static const Fields<MuteWindow> table =
      Fields<MuteWindow>()
          .text("model", &MuteWindow::model, "whose incidents; without it every model's")
          .time("from", &MuteWindow::from, "begin of the window, in event time")
          .required()
          .time("to", &MuteWindow::to, "its end, which does not belong to it")
          .required()
          .check([](const MuteWindow& window, const Node& node, const std::string& path, Faults& faults) {
            const bool both = node.find("from") != nullptr && node.find("to") != nullptr;
            if (both && window.to <= window.from)
              add_fault(faults, node, join_path(path, "to"), "must be after `from`");
          });
  return table;
}

bool is_muted(std::span<const MuteWindow> windows, std::string_view model, Time time) {
  return std::ranges::any_of(windows, [&](const MuteWindow& window) {
    return (window.model.empty() || window.model == model) && window.from <= time && time < window.to;
  });
}

}  // namespace driftd::alerts
