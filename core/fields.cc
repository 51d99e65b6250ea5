#include "core/fields.h"

#include "core/nearest.h"

namespace driftd {

std::string unknown_key_message(std::string_view key, const std::vector<std::string>& known) {
  std::string message = "unknown key " + std::string(key);
  if (const std::string* near = nearest(key, known)) return message + "; did you mean " + *near + "?";
  if (known.empty()) return message + "; no key is known here";
  message += "; known keys: ";
  for (std::size_t i = 0; i < known.size(); ++i) message += (i ? ", " : "") + known[i];
  return message;
}

}  // namespace driftd
