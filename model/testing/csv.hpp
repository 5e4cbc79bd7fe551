// The tables of model/spec for tests: every field quoted or not, a quote inside a field doubled (RFC 4180). A
// row is a map from the name of its column.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace twinlease::model::testing {

using CsvRow = std::map<std::string, std::string>;

inline std::vector<CsvRow> read_csv(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};

  std::vector<std::vector<std::string>> lines(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& field = lines.back().back();
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      lines.back().emplace_back();
    } else if (c == '\n' && !quoted) {
      lines.push_back({""});
    } else if (c != '\r') {
      field += c;
    }
  }
  if (lines.back() == std::vector<std::string>{""}) lines.pop_back();

  std::vector<CsvRow> rows;
  for (std::size_t line = 1; line < lines.size(); ++line) {
    if (lines[line].size() != lines[0].size()) throw std::runtime_error("ragged line in " + path);
    CsvRow row;
    for (std::size_t column = 0; column < lines[0].size(); ++column)
      row[lines[0][column]] = lines[line][column];
    rows.push_back(row);
  }
  return rows;
}

inline std::vector<CsvRow> read_spec(const std::string& name) {
  return read_csv(std::string(TWINLEASE_SOURCE_DIR) + "/model/spec/" + name);
}

}  // namespace twinlease::model::testing
