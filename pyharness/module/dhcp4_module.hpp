// The DHCPv4 half of module _twinlease_wire.
#pragma once

#include <pybind11/pybind11.h>

void bind_dhcp4(pybind11::module_& m);
