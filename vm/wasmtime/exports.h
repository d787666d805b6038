// What the shim uses of an instance (exports.c).
#ifndef HESTIA_EXPORTS_H
#define HESTIA_EXPORTS_H

#include "capi.h"
#include "frame.h"

// hestia_instantiate makes an instance in a store. It returns HESTIA_RETURNED, or how the run ends without one.
uint32_t hestia_instantiate(hestia_frame *frame, wasmtime_context_t *context);

// hestia_find_exports finds the instance's memory and gas counter, when they are first needed. It returns 0 if it
// cannot.
int hestia_find_exports(hestia_frame *frame, wasmtime_context_t *context);

#endif
