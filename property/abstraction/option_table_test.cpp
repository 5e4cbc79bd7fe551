// The option table against model/spec/options.csv, which was written from the draft independently: code,
// name, length, form, and whether a BNDUPD carries the option for an address.

#include "impl/wire/option_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "model/testing/csv.hpp"

namespace twinlease::wire {
namespace {

using model::testing::CsvRow;

// The rows of options.csv that describe the table's options: all of the draft, and those that Microsoft adds.
// Microsoft's other readings of 3, 12 and 17 are the dialect's business.
std::map<int, CsvRow> rows() {
  std::map<int, CsvRow> out;
  for (const CsvRow& row : model::testing::read_spec("options.csv")) {
    const int code = std::stoi(row.at("code"));
    if (row.at("dialect") == "MS" && code < 30) continue;
    EXPECT_TRUE(out.emplace(code, row).second) << "two rows for option " << code;
  }
  return out;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Lengths 0 to 64 that a rule in the words of options.csv allows.
std::set<std::size_t> lengths(const std::string& rule) {
  const auto from = [](std::size_t min, std::size_t step) {
    std::set<std::size_t> out;
    for (std::size_t n = min; n <= 64; n += step) out.insert(n);
    return out;
  };
  static const std::map<std::string, std::set<std::size_t>> readings = {
      {"n", from(0, 1)},
      {"n>=1", from(1, 1)},
      {"n>=2", from(2, 1)},
      {"n>=2 (1+hlen)", from(2, 1)},
      {"n>=4", from(4, 1)},
      {"n even", from(2, 2)},  // the NUL counts: never 0
      {"4*k", from(4, 4)},
      {"2 (figure prints 1)", {1, 2}},                            // both accepted
      {"1+16=17 for HMAC-MD5", from(2, 1)},                       // the digest decides, by its type
      {"4 by text; 1 by field description and example", {1, 4}},
      {"4 (description needs 8)", {4, 8}},
      {"1", {1}},
      {"4", {4}},
      {"32", {32}},
  };
  const auto found = readings.find(rule);
  EXPECT_NE(found, readings.end()) << "length rule without a reading: " << rule;
  return found == readings.end() ? std::set<std::size_t>{} : found->second;
}

// The types of options.csv that a form can stand for.
bool form_is(Form form, const std::string& type) {
  switch (form) {
    case Form::u8: return type == "u8";
    case Form::u32: return type == "u32";
    case Form::time: return type == "time";
    case Form::ipv4: return type == "ipv4";
    case Form::ipv4_list_le: return type == "ipv4 list";
    case Form::flags8: return type == "flags8";
    case Form::flags16: return type == "flags16";
    case Form::flags32: return type == "flags32";
    case Form::octets: return type == "bitmap256" || type == "u8 or u32" || type == "time";
    case Form::text: return type == "text";
    case Form::utf16le: return type == "utf16";
    case Form::client_id:
    case Form::hardware:
    case Form::dhcp_options: return type == "bytes";
    case Form::digest: return type == "u8+bytes";
    case Form::ddns: return type == "flags16+name";
    case Form::failover_options: return type == "options";
    case Form::binding_status:
    case Form::server_state:
    case Form::reject_reason: return type == "u8";
  }
  return false;
}

TEST(OptionTable, HasTheOptionsOfTheCsv) {
  const std::map<int, CsvRow> csv = rows();
  ASSERT_EQ(csv.size(), all_options().size());
  for (const OptionSpec& s : all_options()) {
    ASSERT_TRUE(csv.contains(s.code)) << s.code;
    const CsvRow& row = csv.at(s.code);
    EXPECT_EQ(lower(std::string(s.name)), lower(row.at("name")));
    EXPECT_TRUE(form_is(s.form, row.at("type"))) << s.name << " is a " << row.at("type");
    std::set<std::size_t> allowed;
    for (std::size_t n = 0; n <= 64; ++n)
      if (length_allowed(s, n)) allowed.insert(n);
    EXPECT_EQ(allowed, lengths(row.at("length_rule"))) << s.name;
    const bool open = lengths(row.at("length_rule")).contains(64);
    EXPECT_EQ(length_allowed(s, 65534) || length_allowed(s, 65532), open) << s.name;
    EXPECT_EQ(s.per_address, row.at("used_in").starts_with("BNDUPD")) << s.name;
  }
}

TEST(OptionTable, ClausesAreThoseOfTheSection) {
  std::map<std::string, std::string> sections;
  for (const CsvRow& row : model::testing::read_spec("requirements.csv"))
    sections[row.at("id")] = row.at("section");
  for (const auto& [code, row] : rows()) {
    const OptionSpec& s = *find_option(static_cast<std::uint16_t>(code));
    ASSERT_TRUE(sections.contains(std::string(s.clause))) << s.clause;
    const std::string section = (row.at("dialect") == "MS" ? "MS " : "") + sections.at(std::string(s.clause));
    EXPECT_EQ(row.at("section").substr(0, row.at("section").find(';')), section) << s.name;  // "12.17;11.1"
  }
}

TEST(OptionTable, FindsByCode) {
  for (unsigned code = 0; code <= 65535; ++code) {
    const OptionSpec* s = find_option(static_cast<std::uint16_t>(code));
    ASSERT_EQ(s != nullptr, code >= 1 && code <= 41) << code;
    if (s != nullptr) {
      ASSERT_EQ(s->code, code);
    }
  }
  EXPECT_EQ(spec(OptionCode::lease_expiration_time).name, "lease-expiration-time");
}

// 12.3, 12.21, 12.24: the names of values, against the same csv. "3=EXPIRED;4=RELEASED"
TEST(OptionTable, EnumerationsHaveTheNamesOfTheCsv) {
  const std::map<int, CsvRow> csv = rows();
  const auto named = [&](int code) {
    std::map<int, std::string> out;
    const std::string values = csv.at(code).at("values") + ";";
    for (std::size_t at = 0; at < values.size(); at = values.find(';', at) + 1) {
      const std::string item = values.substr(at, values.find(';', at) - at);
      const std::size_t equals = item.find('=');
      if (equals != std::string::npos && item.find('-') > equals)
        out[std::stoi(item)] = item.substr(equals + 1);
    }
    return out;
  };
  const std::map<int, std::string> statuses = named(3), states = named(24), reasons = named(21);
  ASSERT_EQ(statuses.size(), 7u);
  for (const auto& [n, text] : statuses) EXPECT_EQ(name(static_cast<BindingStatus>(n)), text);
  ASSERT_EQ(states.size(), 12u);
  for (const auto& [n, text] : states) {
    const std::string expected = n == 0 ? "" : text.substr(0, text.find(' '));  // "STARTUP (never sent)"
    EXPECT_EQ(name(static_cast<ServerState>(n)), expected);
  }
  for (const auto& [n, text] : reasons) {
    const bool used = (n >= 1 && n <= 21) || n == 254;
    EXPECT_EQ(!name(static_cast<RejectReason>(n)).empty(), used) << n << " " << text;
    const std::string ours = lower(std::string(name(static_cast<RejectReason>(n))));
    if (used) {
      EXPECT_EQ(ours.substr(0, 5), lower(text).substr(0, 5)) << n;
    }
  }
}

TEST(OptionTable, MessageTypesHaveTheNamesOfTheCsv) {
  std::map<int, std::string> types;
  for (const CsvRow& row : model::testing::read_spec("messages.csv"))
    types[std::stoi(row.at("type_code"))] = row.at("message");
  EXPECT_EQ(types.size(), 12u);
  for (const auto& [code, text] : types) {
    EXPECT_EQ(name(static_cast<MessageType>(code)), text);
    EXPECT_TRUE(is_known(static_cast<MessageType>(code)));
  }
  EXPECT_FALSE(is_known(MessageType{0}));
  EXPECT_FALSE(is_known(MessageType{13}));
}

}  // namespace
}  // namespace twinlease::wire
