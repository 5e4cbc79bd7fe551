// model_diagram mmd|svg: prints the state machine as a Mermaid diagram, or as SVG.
#include <cstdio>
#include <string_view>

#include "model/machine/diagram.hpp"

int main(int count, char** arguments) {
  const std::string_view what = count == 2 ? arguments[1] : "";
  if (what != "mmd" && what != "svg") {
    std::fputs("usage: model_diagram mmd|svg\n", stderr);
    return 4;
  }
  const std::string text = what == "mmd" ? twinlease::model::mermaid() : twinlease::model::svg();
  return std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 70 : 0;
}
