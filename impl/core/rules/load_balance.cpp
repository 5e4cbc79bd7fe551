#include <array>

#include "impl/core/rules/decisions.hpp"

namespace twinlease::core {

namespace {

// The permutation of RFC 3074 section 6.
constexpr std::array<std::uint8_t, 256> table = {
    251, 175, 119, 215, 81,  14,  79,  191, 103, 49,  181, 143, 186, 157, 0,   232, 31,  32,  55,  60,
    152, 58,  17,  237, 174, 70,  160, 144, 220, 90,  57,  223, 59,  3,   18,  140, 111, 166, 203, 196,
    134, 243, 124, 95,  222, 179, 197, 65,  180, 48,  36,  15,  107, 46,  233, 130, 165, 30,  123, 161,
    209, 23,  97,  16,  40,  91,  219, 61,  100, 10,  210, 109, 250, 127, 22,  138, 29,  108, 244, 67,
    207, 9,   178, 204, 74,  98,  126, 249, 167, 116, 34,  77,  193, 200, 121, 5,   20,  113, 71,  35,
    128, 13,  182, 94,  25,  226, 227, 199, 75,  27,  41,  245, 230, 224, 43,  225, 177, 26,  155, 150,
    212, 142, 218, 115, 241, 73,  88,  105, 39,  114, 62,  255, 192, 201, 145, 214, 168, 158, 221, 148,
    154, 122, 12,  84,  82,  163, 44,  139, 228, 236, 205, 242, 217, 11,  187, 146, 159, 64,  86,  239,
    195, 42,  106, 198, 118, 112, 184, 172, 87,  2,   173, 117, 176, 229, 247, 253, 137, 185, 99,  164,
    102, 147, 45,  66,  231, 52,  141, 211, 194, 206, 246, 238, 56,  110, 78,  248, 63,  240, 189, 93,
    92,  51,  53,  183, 19,  171, 72,  50,  33,  104, 101, 69,  8,   252, 83,  120, 76,  135, 85,  54,
    202, 125, 188, 213, 96,  235, 136, 208, 162, 129, 190, 132, 156, 38,  47,  1,   7,   254, 24,  4,
    216, 131, 89,  21,  28,  133, 37,  153, 149, 80,  170, 68,  6,   169, 234, 151,
};

using Buckets = std::array<std::uint8_t, wire::hash_bucket_octets>;

constexpr std::uint8_t bit(std::size_t bucket) {
  return static_cast<std::uint8_t>(1U << (bucket % 8));
}

// secs of a client that stores it least significant octet first: 0x0500 for 5. An honest 1280 is read as 5,
// too; such a client says 1281 or more soon.
constexpr std::uint16_t seconds_waited(std::uint16_t secs) {
  return secs > 0xff && (secs & 0xff) == 0 ? static_cast<std::uint16_t>(secs >> 8) : secs;
}

}  // namespace

std::uint8_t hash(Octets octets) noexcept {
  auto h = static_cast<std::uint8_t>(octets.size());
  for (std::size_t left = octets.size(); left > 0; --left) h = table[h ^ octets[left - 1]];
  return h;
}

std::uint8_t bucket(const Client& client, Profile profile) noexcept {
  if (profile == Profile::draft && !client.identifier.empty())
    return hash(wire::as_octets(client.identifier));
  return hash(client.hardware.address());
}

Buckets buckets_of(Role role, int local_share_percent) noexcept {
  const int primary_percent = role == Role::primary ? local_share_percent : 100 - local_share_percent;
  const auto primary_buckets = static_cast<std::size_t>(256 * primary_percent / 100);
  Buckets buckets{};
  for (std::size_t b = 0; b < 256; ++b)
    if ((b < primary_buckets) == (role == Role::primary)) buckets[b / 8] |= bit(b);
  return buckets;
}

namespace rules {

bool ours(const Standing& standing, const ClientQuestion& question, Profile profile) {
  const RelationshipConfig& config = *standing.config;
  // In hot standby the reserve is for the time without the partner, however long a client has waited.
  if (config.mode == Mode::load_balance && config.serve_any_after_s > 0 &&
      seconds_waited(question.secs) >= config.serve_any_after_s)
    return true;
  const std::uint8_t b = bucket(*question.client, profile);
  return (standing.buckets[b / 8] & bit(b)) != 0;
}

}  // namespace rules

}  // namespace twinlease::core
