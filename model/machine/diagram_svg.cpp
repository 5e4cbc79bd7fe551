// The layout of docs/state-machine.svg: states where a hand has put them, arrows as curves with a number, and
// what the numbers mean below.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "model/machine/diagram.hpp"

namespace twinlease::model {
namespace {

struct Point {
  double x, y;
};
constexpr Point operator+(Point a, Point b) {
  return {a.x + b.x, a.y + b.y};
}
constexpr Point operator-(Point a, Point b) {
  return {a.x - b.x, a.y - b.y};
}
constexpr Point operator*(double f, Point p) {
  return {f * p.x, f * p.y};
}

constexpr int kWidth = 1120, kHalfHeight = 17, kLegendTop = 715, kLine = 16;
constexpr std::size_t kLegendColumns = 2, kLegendLetters = 74;

constexpr Point centre(Node at) {
  switch (at) {
    case Node::startup: return {550, 62};
    case Node::normal: return {560, 470};
    case Node::communications_interrupted: return {620, 320};
    case Node::partner_down: return {990, 250};
    case Node::recover: return {230, 200};
    case Node::recover_wait: return {90, 320};
    case Node::recover_done: return {90, 460};
    case Node::potential_conflict: return {300, 650};
    case Node::resolution_interrupted: return {760, 650};
    case Node::conflict_done: return {990, 480};
    case Node::paused: return {310, 30};
    case Node::shutdown: return {310, 96};
    case Node::previous: return {900, 62};
    case Node::any: return {90, 62};
  }
  return {};
}

double half_width(Node at) {
  return 4.0 * static_cast<double>(name_of(at).size()) + 14;
}

struct Curve {
  double bend = 0;       // of the control point, to the right of the straight line
  double number = 0.45;  // where on the curve its number is
};
Curve curve(Node from, Node to) {
  using enum Node;
  constexpr std::pair<std::pair<Node, Node>, Curve> by_hand[] = {
      {{recover_done, partner_down}, {85, 0.75}},
      {{partner_down, potential_conflict}, {-120, 0.62}},
      {{startup, potential_conflict}, {0, 0.36}},
      {{recover, potential_conflict}, {0, 0.45}},
      {{startup, recover}, {-12, 0.6}},
      {{partner_down, normal}, {26, 0.62}},
      {{recover_done, communications_interrupted}, {-40, 0.6}},
      {{communications_interrupted, potential_conflict}, {0, 0.5}},
      {{conflict_done, potential_conflict}, {-50, 0.3}},
      {{potential_conflict, conflict_done}, {90, 0.55}},
      {{resolution_interrupted, partner_down}, {0, 0.35}},
      {{recover, partner_down}, {-20, 0.7}},
  };
  for (const auto& [ends, how] : by_hand)
    if (ends.first == from && ends.second == to) return how;
  return {26, 0.5};  // so that the two directions between two states are two arrows
}

// Where the line from outside to the middle of the box enters it.
Point edge_of(Node at, Point outside) {
  const Point middle = centre(at), away = outside - middle;
  const double across = half_width(at) / std::max(1.0, std::fabs(away.x));
  const double along = kHalfHeight / std::max(1.0, std::fabs(away.y));
  return middle + std::min(across, along) * away;
}

template <class... Values>
std::string printed(const char* format, Values... values) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

std::string box(Node at) {
  const Point middle = centre(at);
  const double half = half_width(at);
  const char* style = at == Node::any || at == Node::previous ? "some" : "state";
  return printed("<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%d\" rx=\"8\"/>\n", style,
                 middle.x - half, middle.y - kHalfHeight, 2 * half, 2 * kHalfHeight) +
         printed("<text class=\"name\" x=\"%.0f\" y=\"%.0f\">%s</text>\n", middle.x, middle.y + 4,
                 name_of(at).c_str());
}

std::string arrow(const Arc& arc, std::size_t number) {
  const Curve how = curve(arc.from, arc.to);
  const Point a = centre(arc.from), b = centre(arc.to), way = b - a;
  const double length = std::sqrt(way.x * way.x + way.y * way.y);
  const Point control = 0.5 * (a + b) + (how.bend / length) * Point{-way.y, way.x};
  const Point start = edge_of(arc.from, control), end = edge_of(arc.to, control);
  const double t = how.number;
  const Point at = (1 - t) * (1 - t) * start + 2 * t * (1 - t) * control + t * t * end;
  return printed("<path d=\"M%.0f %.0fQ%.0f %.0f %.0f %.0f\"/>\n", start.x, start.y, control.x, control.y,
                 end.x, end.y) +
         printed("<circle cx=\"%.0f\" cy=\"%.0f\" r=\"10\"/>", at.x, at.y) +
         printed("<text class=\"number\" x=\"%.0f\" y=\"%.0f\">%zu</text>\n", at.x, at.y + 4, number);
}

// In lines of at most so many letters, broken after commas.
std::vector<std::string> wrapped(const std::string& text) {
  std::vector<std::string> lines(1);
  for (std::size_t from = 0; from < text.size();) {
    std::size_t to = text.find(", ", from);
    to = to == std::string::npos ? text.size() : to + 2;
    if (lines.back().size() + (to - from) > kLegendLetters) lines.emplace_back("   ");
    lines.back() += text.substr(from, to - from);
    from = to;
  }
  return lines;
}

std::vector<std::string> legend(const Arc& arc, std::size_t number) {
  std::vector<std::string> lines{
      printed("%-3zu%s to %s", number, name_of(arc.from).c_str(), name_of(arc.to).c_str())};
  for (const std::string& reason : arc.reasons)
    for (const std::string& line : wrapped("   " + reason)) lines.push_back(line);
  return lines;
}

}  // namespace

std::string svg() {
  const std::vector<Arc> all = arcs();
  std::string arrows, boxes, text;
  std::vector<std::vector<std::string>> entries;
  std::size_t lines = 0;
  for (std::size_t n = 0; n < all.size(); ++n) {
    arrows += arrow(all[n], n + 1);
    entries.push_back(legend(all[n], n + 1));
    lines += entries.back().size();
  }
  for (int n = 0; n < kNodes; ++n) boxes += box(static_cast<Node>(n));
  std::size_t column = 0, row = 0, deepest = 0;
  for (const auto& entry : entries) {
    if (column + 1 < kLegendColumns && row * kLegendColumns >= lines) ++column, row = 0;
    for (const std::string& line : entry) {
      text +=
          printed("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", &line == &entry[0] ? "head" : "legend",
                  static_cast<int>(20 + column * kWidth / kLegendColumns),
                  static_cast<int>(kLegendTop + row * kLine), line.c_str());
      ++row;
    }
    deepest = std::max(deepest, row);
  }
  const int height = kLegendTop + static_cast<int>(deepest) * kLine;
  return printed(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n",
             kWidth, height, kWidth, height) +
         "<title>The failover state machine</title>\n"
         "<style>\n"
         "  svg { background: #fff; font-family: monospace; font-size: 12px; }\n"
         "  text { white-space: pre; }\n"
         "  rect { fill: #eef3fb; stroke: #2b4a7d; stroke-width: 1.5; }\n"
         "  rect.some { fill: #fff; stroke-dasharray: 5 3; }\n"
         "  .name, .number { text-anchor: middle; }\n"
         "  .name, .head { font-weight: bold; }\n"
         "  .number { font-size: 10.5px; }\n"
         "  circle { fill: #fff; stroke: #777; }\n"
         "  path { fill: none; stroke: #777; stroke-width: 1.2; marker-end: url(#tip); }\n"
         "  marker path { fill: #444; stroke: none; marker-end: none; }\n"
         "</style>\n"
         "<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"10\" refY=\"5\" markerWidth=\"8\" "
         "markerHeight=\"8\" "
         "orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker></defs>\n" +
         arrows + boxes + text + "</svg>\n";
}

}  // namespace twinlease::model
