#include "property/explore/script.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "model/explore/normal_form.hpp"
#include "model/explore/text.hpp"

namespace twinlease::explore {
namespace {

using namespace model::explore;

std::vector<std::string> broken_rules(const Scope& scope) {
  std::vector<std::string> names;
  for (int rule = 0; rule < model::kBroken; ++rule)
    if (scope.broken.has(static_cast<model::Broken>(rule)))
      names.emplace_back(to_string(static_cast<model::Broken>(rule)));
  return names;
}

std::string broken_on_purpose(const Scope& scope) {
  std::string text;
  for (const std::string& rule : broken_rules(scope))
    text += (text.empty() ? " of a pair with " : " and ") + rule;
  return text;
}

std::string scope_command(const Scope& scope) {
  std::string text = "scope " + std::string(scope.name);
  for (const std::string& rule : broken_rules(scope)) text += " broken=" + rule;
  if (scope.false_partner_down) text += " false-partner-down";
  if (scope.hasty_command) text += " hasty-command";
  if (scope.unnoticed_loss) text += " unnoticed-loss";
  return text;
}

Scope parse_scope(const std::string& line) {
  std::istringstream words(line);
  std::string word, name;
  words >> word >> name;
  auto scope = find_scope(name);
  if (word != "scope" || !scope) throw std::runtime_error("not a scope: " + line);
  while (words >> word) {
    const auto broken =
        word.starts_with("broken=") ? find_broken(std::string_view(word).substr(7)) : std::nullopt;
    if (broken)
      scope->broken.add(*broken);
    else if (word == "false-partner-down")
      scope->false_partner_down = true;
    else if (word == "hasty-command")
      scope->hasty_command = true;
    else if (word == "unnoticed-loss")
      scope->unnoticed_loss = true;
    else
      throw std::runtime_error("not a word of a scope: " + word);
  }
  return *scope;
}

std::string block(const std::string& command, const std::string& output) {
  return command + "\n----\n" + output + "\n";
}

std::string with_findings(const Configs& configs, const Scope& scope, const Moved& moved) {
  std::string text = outcome(moved);
  const Violations broken =
      violations({scope, configs, moved.before, moved.step, moved.effects, moved.after});
  for (std::size_t at = 0; at < invariants().size(); ++at)
    if ((broken >> at & 1) != 0) text += std::string(invariants()[at].id) + " is broken\n";
  return text;
}

// The commands and comments of a script, without the expected output.
std::vector<std::string> commands(std::string_view script) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(script)};
  bool output = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "----")
      output = true;
    else if (line.empty())
      output = false;
    else if (!output)
      lines.push_back(line);
  }
  return lines;
}

Moved go(const Scope& scope, const Configs& configs, const World& world, const std::string& line) {
  const auto wanted = parse_step(line);
  if (!wanted) throw std::runtime_error("not a command: " + line);
  std::optional<Moved> moved;
  successors(scope, configs, world, [&](const Step& step, const model::Effects& effects, const World& after) {
    if (step != *wanted) return true;
    moved = Moved{step, effects, world, after};
    return false;
  });
  if (!moved) throw std::runtime_error("not possible here: " + line);
  return *moved;
}

}  // namespace

std::string script(const Scope& scope, const Finding& finding, const Run& run) {
  const Configs configs(scope);
  std::string text = "# " + finding.id + " is broken after " + std::to_string(run.size()) + " steps" +
                     broken_on_purpose(scope) + ".\n";
  text += block(scope_command(scope), "ok\n");
  for (const Moved& moved : run) text += block(to_text(moved.step), with_findings(configs, scope, moved));
  return text;
}

std::string replay(std::string_view text) {
  std::optional<Scope> scope;
  World world;
  std::string out;
  for (const std::string& line : commands(text)) {
    if (line.starts_with('#')) {
      out += line + "\n";
    } else if (!scope) {
      scope = parse_scope(line);
      world = first_world(*scope, Configs(*scope), kNow);
      out += block(line, "ok\n");
    } else {
      const Configs configs(*scope);
      const Moved moved = go(*scope, configs, world, line);
      world = moved.after;
      out += block(line, with_findings(configs, *scope, moved));
    }
  }
  return out;
}

}  // namespace twinlease::explore
