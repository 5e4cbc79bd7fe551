#include "impl/core/failover/update_queue.hpp"

#include <algorithm>
#include <utility>

namespace twinlease::core {

namespace {
// A partner waits for one answer, or for two after it lost patience. More are answered together with the
// last.
constexpr std::size_t requests_max = 4, xids_max = 64;
}  // namespace

void UpdateQueue::enqueue(Ipv4 address, Owed& owed) {
  owed.place = Place::queued;
  queue_.push_back(address);
}

void UpdateQueue::add(Ipv4 address, bool forced) {
  const auto [entry, is_new] = owed_.try_emplace(address.value);
  Owed& owed = entry->second;
  owed.forced |= forced;
  if (is_new) {
    queue_.push_back(address);
  } else if (owed.place == Place::in_flight) {
    owed.again = true;
  } else if (owed.place == Place::resting) {
    resting_.erase({owed.until_ms, address});
    enqueue(address, owed);
  }
}

std::optional<UpdateQueue::Next> UpdateQueue::take() {
  if (queue_.empty()) return std::nullopt;
  const Ipv4 address = queue_.front();
  queue_.pop_front();
  Owed& owed = owed_.at(address.value);
  owed.place = Place::in_flight;
  return Next{address, std::exchange(owed.forced, false)};
}

void UpdateQueue::put_back(Ipv4 address, bool forced) {
  Owed& owed = owed_.at(address.value);
  owed.place = Place::queued;
  owed.forced = forced;
  queue_.push_front(address);
}

bool UpdateQueue::answered(Ipv4 address) {
  const auto entry = owed_.find(address.value);
  count_answer(address);
  if (entry == owed_.end()) return false;
  Owed& owed = entry->second;
  if (!std::exchange(owed.again, false)) {
    owed_.erase(entry);
    return false;
  }
  owed.rejects = 0;
  enqueue(address, owed);
  return true;
}

void UpdateQueue::rest(Ipv4 address, Milliseconds until_ms, bool forced) {
  const auto [entry, is_new] = owed_.try_emplace(address.value);
  Owed& owed = entry->second;
  if (!is_new && owed.place != Place::in_flight) return;
  if (!is_new) count_answer(address);
  if (std::exchange(owed.again, false)) {
    enqueue(address, owed);
    return;
  }
  owed = {.place = Place::resting, .forced = forced, .rejects = owed.rejects + 1, .until_ms = until_ms};
  resting_.insert({until_ms, address});
}

unsigned UpdateQueue::rejects(Ipv4 address) const {
  const auto entry = owed_.find(address.value);
  return entry == owed_.end() ? 0 : entry->second.rejects;
}
bool UpdateQueue::knows(Ipv4 address) const {
  return owed_.contains(address.value);
}
bool UpdateQueue::in_flight(Ipv4 address) const {
  const auto entry = owed_.find(address.value);
  return entry != owed_.end() && entry->second.place == Place::in_flight;
}

void UpdateQueue::wake(Milliseconds now_ms) {
  while (!resting_.empty() && resting_.begin()->first <= now_ms) {
    const Ipv4 address = resting_.begin()->second;
    resting_.erase(resting_.begin());
    enqueue(address, owed_.at(address.value));
  }
}
void UpdateQueue::wake_all() {
  wake(never);
}
std::optional<Milliseconds> UpdateQueue::next_wake_ms() const {
  return resting_.empty() ? std::nullopt : std::optional(resting_.begin()->first);
}

void UpdateQueue::disconnected() {
  requests_.clear();
  std::vector<Ipv4> again;
  for (auto& [address, owed] : owed_) {
    owed.forced = owed.again = false;
    if (owed.place == Place::in_flight) again.push_back({address});
  }
  std::ranges::sort(again);
  for (const Ipv4 address : again) enqueue(address, owed_.at(address.value));
}

bool UpdateQueue::request(std::uint32_t xid, bool walk) {
  if (requests_.size() < requests_max)
    requests_.emplace_back();
  else if (requests_.back().xids.size() >= xids_max)
    return false;
  wake_all();
  Request& request = requests_.back();
  request.xids.push_back(xid);
  if (walk) {
    request.walk = true;
    request.walk_ended = false;
    request.walked_to.reset();
  }
  for (const auto& [address, owed] : owed_) await(request, {address});
  return true;
}

// What is in flight and changed since is not acknowledged before its second answer.
void UpdateQueue::await(Request& request, Ipv4 address) {
  int& answers = request.answers[address.value];
  answers = std::max(answers, owed_.at(address.value).again ? 2 : 1);
}

UpdateQueue::Request* UpdateQueue::walker() {
  for (Request& request : requests_)
    if (!request.walk_ended) return &request;
  return nullptr;
}
bool UpdateQueue::walking() const {
  return std::ranges::any_of(requests_, [](const Request& request) { return !request.walk_ended; });
}
std::optional<Ipv4> UpdateQueue::walked_to() const {
  for (const Request& request : requests_)
    if (!request.walk_ended) return request.walked_to;
  return std::nullopt;
}
void UpdateQueue::walked(Ipv4 to) {
  walker()->walked_to = to;
}
void UpdateQueue::walk_adds(Ipv4 address) {
  if (!in_flight(address)) add(address, true);
  await(*walker(), address);
}
void UpdateQueue::walk_ended() {
  walker()->walk_ended = true;
}

void UpdateQueue::count_answer(Ipv4 address) {
  for (Request& request : requests_) {
    const auto entry = request.answers.find(address.value);
    if (entry != request.answers.end() && --entry->second == 0) request.answers.erase(entry);
  }
}

std::vector<std::uint32_t> UpdateQueue::take_done() {
  std::vector<std::uint32_t> done;
  while (!requests_.empty() && requests_.front().walk_ended && requests_.front().answers.empty()) {
    done.insert(done.end(), requests_.front().xids.begin(), requests_.front().xids.end());
    requests_.pop_front();
  }
  return done;
}
bool UpdateQueue::all_asked() const {
  return std::ranges::any_of(requests_, [](const Request& request) { return request.walk; });
}

}  // namespace twinlease::core
