#include "impl/core/book.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

namespace twinlease::core {
namespace {

using Place = std::uint32_t;  // of a slot
inline constexpr Place nowhere = UINT32_MAX;
inline constexpr std::size_t status_count = 8;  // numbers of 12.3, from 1

struct Slot {
  Lease lease;
  std::uint32_t scope = 0;
  bool dynamic = true;                      // not reserved for anybody
  Place before = nowhere, after = nowhere;  // in the queue of its scope and status, if dynamic
  Place in_heap = nowhere;                  // place in the heap, if ACTIVE
};

// Slots of a scope and status, longest in it first.
struct Queue {
  Place head = nowhere, tail = nowhere;
};

// Neighbouring addresses with neighbouring slots.
struct Piece {
  Range range;
  Place first = 0;
};

std::size_t index(BindingStatus status) {
  return static_cast<std::size_t>(status);
}

// What tells clients apart in the index: the identifier if there is one, else the hardware address.
std::uint64_t key_hash(const Client& client) {
  const auto hash = [](std::string_view octets) { return std::hash<std::string_view>{}(octets); };
  if (!client.identifier.empty()) return hash(client.identifier);
  return hash(wire::as_text(client.hardware.address())) ^ client.hardware.type;
}
bool same_key(const Client& a, const Client& b) {
  if (a.identifier.empty() && b.identifier.empty()) return a.hardware == b.hardware;
  return a.identifier == b.identifier;
}

}  // namespace

struct Book::Impl {
  std::vector<Slot> slots;
  std::vector<Piece> pieces;                            // ascending, disjoint
  std::vector<std::array<Queue, status_count>> queues;  // by scope
  std::vector<Counts> counts;
  std::unordered_multimap<std::uint64_t, Place> by_client;
  std::vector<Place> heap;            // ACTIVE leases, the first to end on top
  std::vector<std::int64_t> grace_s;  // by scope

  void add(const Range& range, std::uint32_t scope, bool dynamic) {
    pieces.push_back({range, static_cast<Place>(slots.size())});
    for (std::uint64_t a = range.first.value; a <= range.last.value; ++a) {
      Slot& slot = slots.emplace_back();
      slot.lease.address = {static_cast<std::uint32_t>(a)};
      slot.lease.reserved = !dynamic;
      slot.scope = scope;
      slot.dynamic = dynamic;
    }
  }

  Place place_of(Ipv4 address) const {
    const auto after = std::upper_bound(pieces.begin(), pieces.end(), address,
                                        [](Ipv4 a, const Piece& piece) { return a < piece.range.first; });
    if (after == pieces.begin()) return nowhere;
    const Piece& piece = *std::prev(after);
    return piece.range.holds(address) ? piece.first + (address.value - piece.range.first.value) : nowhere;
  }

  std::int64_t& count(const Slot& slot) {
    Counts& all = counts[slot.scope];
    switch (slot.lease.status) {
      case BindingStatus::free: return all.free;
      case BindingStatus::backup: return all.backup;
      case BindingStatus::active: return all.active;
      case BindingStatus::expired: return all.expired;
      case BindingStatus::released: return all.released;
      case BindingStatus::abandoned: return all.abandoned;
      case BindingStatus::reset: return all.reset;
    }
    return all.free;  // unreachable: put() takes no other status
  }

  // Into counts and queue, at its end.
  void enter(Place place) {
    Slot& slot = slots[place];
    if (!slot.dynamic) return;
    ++count(slot);
    Queue& queue = queues[slot.scope][index(slot.lease.status)];
    slot.before = queue.tail;
    slot.after = nowhere;
    (queue.tail == nowhere ? queue.head : slots[queue.tail].after) = place;
    queue.tail = place;
  }
  void leave(Place place) {
    Slot& slot = slots[place];
    if (!slot.dynamic) return;
    --count(slot);
    Queue& queue = queues[slot.scope][index(slot.lease.status)];
    (slot.before == nowhere ? queue.head : slots[slot.before].after) = slot.after;
    (slot.after == nowhere ? queue.tail : slots[slot.after].before) = slot.before;
  }

  void index_client(Place place) {
    if (!slots[place].lease.client.none()) by_client.emplace(key_hash(slots[place].lease.client), place);
  }
  void unindex_client(Place place) {
    if (slots[place].lease.client.none()) return;
    const auto [first, last] = by_client.equal_range(key_hash(slots[place].lease.client));
    const auto found =
        std::find_if(first, last, [place](const auto& entry) { return entry.second == place; });
    if (found != last) by_client.erase(found);
  }

  // ---- the heap
  Seconds ends(std::size_t at) const {
    const Slot& slot = slots[heap[at]];
    return slot.lease.lease_expiration_s + grace_s[slot.scope];
  }
  void set(std::size_t at, Place place) {
    heap[at] = place;
    slots[place].in_heap = static_cast<Place>(at);
  }
  void swap_in_heap(std::size_t a, std::size_t b) {
    const Place kept = heap[a];
    set(a, heap[b]);
    set(b, kept);
  }
  void settle(std::size_t at) {
    while (at > 0 && ends(at) < ends((at - 1) / 2)) {
      swap_in_heap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
    for (;;) {
      std::size_t least = at;
      for (const std::size_t child : {2 * at + 1, 2 * at + 2})
        if (child < heap.size() && ends(child) < ends(least)) least = child;
      if (least == at) return;
      swap_in_heap(at, least);
      at = least;
    }
  }
  void watch_end(Place place) {
    Slot& slot = slots[place];
    if (slot.lease.status == BindingStatus::active) {
      if (slot.in_heap == nowhere) {
        heap.push_back(place);
        slot.in_heap = static_cast<Place>(heap.size() - 1);
      }
      settle(slot.in_heap);
    } else if (slot.in_heap != nowhere) {
      const std::size_t at = slot.in_heap;
      const Place last = heap.back();
      heap.pop_back();
      slot.in_heap = nowhere;
      if (last != place) {
        set(at, last);
        settle(at);
      }
    }
  }

  void replace(Place place, const Lease& lease) {
    Slot& slot = slots[place];
    const bool moves = slot.lease.status != lease.status;
    const bool other_client = !(slot.lease.client == lease.client);
    if (moves) leave(place);
    if (other_client) unindex_client(place);
    slot.lease = lease;
    if (other_client) index_client(place);
    if (moves) enter(place);
    watch_end(place);
  }
};

Book::Book(const Config& config) : impl_(std::make_unique<Impl>()) {
  impl_->queues.resize(config.scopes.size());
  impl_->counts.resize(config.scopes.size());
  for (std::uint32_t scope = 0; scope < config.scopes.size(); ++scope) {
    impl_->grace_s.push_back(config.scopes[scope].delete_grace_s);
    for (const Range& range : dynamic_ranges(config.scopes[scope])) {
      impl_->add(range, scope, true);
      impl_->counts[scope].addresses += std::int64_t{range.last.value} - range.first.value + 1;
    }
    for (const Reservation& r : config.scopes[scope].reservations)
      impl_->add({r.address, r.address}, scope, false);
  }
  for (Place place = 0; place < impl_->slots.size(); ++place) impl_->enter(place);
  std::sort(impl_->pieces.begin(), impl_->pieces.end(),
            [](const Piece& a, const Piece& b) { return a.range.first < b.range.first; });
}
Book::~Book() = default;

const Lease* Book::find(Ipv4 address) const {
  const Place place = impl_->place_of(address);
  return place == nowhere ? nullptr : &impl_->slots[place].lease;
}

std::optional<ScopeIndex> Book::scope_of(Ipv4 address) const {
  const Place place = impl_->place_of(address);
  return place == nowhere ? std::nullopt : std::optional<ScopeIndex>(impl_->slots[place].scope);
}

bool Book::reserved(Ipv4 address) const {
  const Place place = impl_->place_of(address);
  return place != nowhere && !impl_->slots[place].dynamic;
}

std::vector<Ipv4> Book::of(const Client& client) const {
  std::vector<Ipv4> found;
  if (client.none()) return found;
  const auto [first, last] = impl_->by_client.equal_range(key_hash(client));
  for (auto entry = first; entry != last; ++entry) {
    const Lease& lease = impl_->slots[entry->second].lease;
    if (same_key(lease.client, client)) found.push_back(lease.address);
  }
  std::sort(found.begin(), found.end());
  return found;
}

void Book::put(const Lease& lease) {
  impl_->replace(impl_->place_of(lease.address), lease);
}

void Book::defer(Ipv4 address) {
  const Place place = impl_->place_of(address);
  impl_->leave(place);
  impl_->enter(place);
}

bool Book::load(const Lease& lease) {
  const Place place = impl_->place_of(lease.address);
  if (place != nowhere) impl_->replace(place, lease);
  return place != nowhere;
}

std::optional<Ipv4> Book::first(ScopeIndex scope, BindingStatus status, std::size_t most,
                                const std::function<bool(const Lease&)>& use) const {
  Place place = impl_->queues[scope][index(status)].head;
  for (; place != nowhere && most > 0; place = impl_->slots[place].after, --most)
    if (use(impl_->slots[place].lease)) return impl_->slots[place].lease.address;
  return std::nullopt;
}

Counts Book::counts(ScopeIndex scope) const {
  return impl_->counts[scope];
}

void Book::for_each(ScopeIndex scope, const std::function<void(const Lease&)>& use) const {
  for (const Slot& slot : impl_->slots)
    if (slot.scope == scope) use(slot.lease);
}

std::vector<Ipv4> Book::next(std::optional<Ipv4> after, std::size_t most,
                             const std::function<bool(const Lease&)>& holds) const {
  std::vector<Ipv4> found;
  for (const Piece& piece : impl_->pieces) {
    if (after && piece.range.last <= *after) continue;
    const std::uint32_t from =
        after && *after >= piece.range.first ? after->value + 1 : piece.range.first.value;
    for (std::uint64_t a = from; a <= piece.range.last.value && found.size() < most; ++a) {
      const Lease& lease = impl_->slots[piece.first + (a - piece.range.first.value)].lease;
      if (holds(lease)) found.push_back(lease.address);
    }
  }
  return found;
}

std::vector<Ipv4> Book::expired(Seconds now_s, std::size_t most) const {
  std::vector<Ipv4> found;
  std::vector<std::size_t> open = {0};  // of the heap: everything above these is in found
  while (!open.empty() && found.size() < most) {
    const std::size_t at = open.back();
    open.pop_back();
    if (at >= impl_->heap.size() || impl_->ends(at) > now_s) continue;
    found.push_back(impl_->slots[impl_->heap[at]].lease.address);
    open.push_back(2 * at + 1);
    open.push_back(2 * at + 2);
  }
  return found;
}

std::optional<Seconds> Book::next_expiration_s() const {
  return impl_->heap.empty() ? std::nullopt : std::optional(impl_->ends(0));
}

}  // namespace twinlease::core
