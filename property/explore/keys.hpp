// From worlds to their keys in a store, and back.
#pragma once

#include "model/explore/normal_form.hpp"
#include "property/explore/store.hpp"

namespace twinlease::explore {

using model::explore::Configs;
using model::explore::Scope;
using model::explore::Step;
using model::explore::World;

class Keys {
 public:
  Keys(const Scope& scope, Store& store) : scope_(scope), configs_(scope), packer_(scope), store_(store) {}
  const Scope& scope() const { return scope_; }
  const Configs& configs() const { return configs_; }

  Key of(World);  // any world

  struct Opened {
    Key key;
    Pieces pieces;
    World world;  // in normal form
  };
  Opened open(Handle) const;

  // Of the world after a step, which it takes to its normal form. Most steps leave the one server as it was,
  // and its number with it.
  Key after(const Opened& before, const Step&, World& after);

 private:
  const Scope& scope_;
  const Configs configs_;
  const model::explore::Packer packer_;
  Store& store_;
};

}  // namespace twinlease::explore
