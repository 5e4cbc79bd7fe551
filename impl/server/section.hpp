// Reads one table of a TOML file, key by key. Everything that is wrong becomes a Mistake with its line, and
// reading goes on: an operator sees all mistakes at once. finish() refuses keys that nobody asked for, and
// names the nearest.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twinlease::server {

struct Mistake {
  std::uint32_t line = 0;  // 0: about the file as a whole
  std::string text;
};
using Mistakes = std::vector<Mistake>;

class Section {
 public:
  // name: what the section is called in messages, "[dhcp]" or "[[scope]]". keys: where given, gets "NAME.KEY"
  // of every key asked for (the documentation is tested against it).
  Section(const toml::table& table, std::string name, Mistakes& mistakes,
          std::set<std::string>* keys = nullptr)
      : table_(table), name_(std::move(name)), mistakes_(mistakes), keys_(keys) {}

  // Each leaves `value` as it was if the key is missing or wrong.
  void text(std::string_view key, std::string& value);
  void flag(std::string_view key, bool& value);
  template <class Integer>
  void whole(std::string_view key, Integer& value, std::int64_t least, std::int64_t most) {
    if (const auto read = whole(key, least, most)) value = static_cast<Integer>(*read);
  }
  std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);
  template <class Value>
  void choice(std::string_view key, Value& value,
              std::initializer_list<std::pair<std::string_view, Value>> words) {
    std::string word;
    const toml::node* node = ask(key);
    if (node == nullptr) return;
    std::string all;
    for (const auto& [name, meaning] : words) {
      if (node->value<std::string>() == name) {
        value = meaning;
        return;
      }
      all += (all.empty() ? "\"" : ", \"") + std::string(name) + '"';
    }
    wrong(*node, key, "one of " + all);
  }
  // A text that read() turns into a value; `expected` says what it has to look like.
  template <class Value, class Read>
  void parsed(std::string_view key, Value& value, Read read, std::string_view expected) {
    if (const toml::node* node = ask(key)) take(*node, key, value, read, expected);
  }
  template <class Value, class Read>
  void list(std::string_view key, std::vector<Value>& values, Read read, std::string_view expected) {
    const toml::node* node = ask(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong(*node, key, "a list of " + std::string(expected));
    for (const toml::node& element : *array) {
      Value value{};
      if (take(element, key, value, read, expected)) values.push_back(std::move(value));
    }
  }
  // Tables below this one: [NAME.key], and each of [[NAME.key]].
  const toml::table* below(std::string_view key);
  std::vector<const toml::table*> each_below(std::string_view key);

  void require(std::string_view key);
  void finish();

  const std::string& name() const { return name_; }
  Mistakes& mistakes() { return mistakes_; }
  std::set<std::string>* keys() { return keys_; }
  void wrong(const toml::node& node, std::string_view key, const std::string& expected);

 private:
  const toml::node* ask(std::string_view key);
  template <class Value, class Read>
  bool take(const toml::node& node, std::string_view key, Value& value, Read read,
            std::string_view expected) {
    const auto word = node.value<std::string>();
    if (auto found = word ? read(*word) : std::nullopt) {
      value = std::move(*found);
      return true;
    }
    wrong(node, key, std::string(expected));
    return false;
  }

  const toml::table& table_;
  std::string name_;
  Mistakes& mistakes_;
  std::set<std::string>* keys_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace twinlease::server
