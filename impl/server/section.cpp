#include "impl/server/section.hpp"

#include <algorithm>
#include <numeric>

namespace twinlease::server {
namespace {

// Insertions, deletions and changes of a letter that make b of a.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

std::string shown(const toml::node& node) {
  if (const auto text = node.value<std::string>(); node.is_string()) return '"' + *text + '"';
  if (const auto number = node.value<std::int64_t>(); node.is_integer()) return std::to_string(*number);
  if (const auto flag = node.value<bool>(); node.is_boolean()) return *flag ? "true" : "false";
  if (node.is_array()) return "a list";
  return node.is_table() ? "a table" : "something else";
}

}  // namespace

const toml::node* Section::ask(std::string_view key) {
  asked_.emplace(key);
  if (keys_ != nullptr) keys_->insert(name_ + ' ' + std::string(key));
  return table_.get(key);
}

void Section::wrong(const toml::node& node, std::string_view key, const std::string& expected) {
  mistakes_.push_back({node.source().begin.line,
                       name_ + ' ' + std::string(key) + " is " + shown(node) + "; expected " + expected});
}

void Section::text(std::string_view key, std::string& value) {
  parsed(key, value, [](const std::string& word) { return std::optional(word); }, "a text in quotes");
}

void Section::flag(std::string_view key, bool& value) {
  const toml::node* node = ask(key);
  if (node == nullptr) return;
  if (node->is_boolean())
    value = *node->value<bool>();
  else
    wrong(*node, key, "true or false");
}

std::optional<std::int64_t> Section::whole(std::string_view key, std::int64_t least, std::int64_t most) {
  const toml::node* node = ask(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->is_integer() ? node->value<std::int64_t>() : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  wrong(*node, key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

const toml::table* Section::below(std::string_view key) {
  const toml::node* node = ask(key);
  if (node == nullptr || node->is_table()) return node == nullptr ? nullptr : node->as_table();
  wrong(*node, key, "a table");
  return nullptr;
}

std::vector<const toml::table*> Section::each_below(std::string_view key) {
  std::vector<const toml::table*> tables;
  const toml::node* node = ask(key);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
    wrong(*node, key, "tables, each under [[" + std::string(key) + "]]");
    return tables;
  }
  for (const toml::node& element : *array) tables.push_back(element.as_table());
  return tables;
}

void Section::require(std::string_view key) {
  if (!table_.contains(key))
    mistakes_.push_back(
        {table_.source().begin.line, name_ + " has no " + std::string(key) + ", and needs one"});
}

void Section::finish() {
  for (const auto& [key, node] : table_) {
    if (asked_.contains(key.str())) continue;
    const auto nearest = std::min_element(asked_.begin(), asked_.end(), [&](const auto& a, const auto& b) {
      return distance(a, key.str()) < distance(b, key.str());
    });
    std::string hint;
    if (nearest != asked_.end() && distance(*nearest, key.str()) <= 1 + key.str().size() / 3)
      hint = "; did you mean " + *nearest + "?";
    mistakes_.push_back(
        {key.source().begin.line, name_ + " has no key \"" + std::string(key.str()) + '"' + hint});
  }
}

}  // namespace twinlease::server
