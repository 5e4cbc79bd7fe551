#include "property/explore/keys.hpp"

namespace twinlease::explore {

using namespace model::explore;

Key Keys::of(World world) {
  normalise(scope_, configs_, world);
  return store_.intern(packer_.canonical(world));
}

Keys::Opened Keys::open(Handle handle) const {
  const Pieces pieces = store_.pieces(handle);
  return {store_.key(handle), pieces, packer_.unpack(pieces)};
}

Key Keys::after(const Opened& before, const Step& step, World& after) {
  const Changed changed = renormalise(scope_, configs_, after, step);
  if (!packer_.one_by_one()) return store_.intern(packer_.canonical(after));
  Key key = before.key;
  for (Piece which : {kPrimaryPiece, kSecondaryPiece, kBetween}) {
    if (which != kBetween && !changed[which]) continue;
    Packed piece;
    packer_.pack(after, which, piece);
    if (!(piece == before.pieces[which])) key[which] = store_.intern(which, piece);
  }
  return key;
}

}  // namespace twinlease::explore
