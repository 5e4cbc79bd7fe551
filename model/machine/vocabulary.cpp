#include "model/machine/vocabulary.hpp"

namespace twinlease::model {

#define TWINLEASE_TEXT(name, text) text,

std::string_view to_string(State state) {
  static constexpr std::string_view kTexts[] = {TWINLEASE_STATES(TWINLEASE_TEXT)};
  return kTexts[static_cast<int>(state)];
}

std::string_view to_string(Event event) {
  static constexpr std::string_view kTexts[] = {TWINLEASE_EVENTS(TWINLEASE_TEXT)};
  return kTexts[static_cast<int>(event)];
}

std::string_view to_string(Guard guard) {
  static constexpr std::string_view kTexts[] = {TWINLEASE_GUARDS(TWINLEASE_TEXT)};
  return kTexts[static_cast<int>(guard)];
}

std::string_view to_string(Action action) {
  static constexpr std::string_view kTexts[] = {TWINLEASE_ACTIONS(TWINLEASE_TEXT)};
  return kTexts[static_cast<int>(action)];
}

}  // namespace twinlease::model
