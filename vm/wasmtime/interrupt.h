// Interrupting a run (interrupt.c).
#ifndef HESTIA_INTERRUPT_H
#define HESTIA_INTERRUPT_H

#include "frame.h"

// hestia_interrupts prepares the process for hestia_interrupt. It returns 0 if it cannot.
int hestia_interrupts(void);

// hestia_interrupt asks a run to end. The run may be where it cannot be ended, in a host function or in wasmtime: host
// functions look at asked, and the caller must ask again until the run is over.
void hestia_interrupt(hestia_frame *frame);

// hestia_enter makes a run this thread's innermost, hestia_leave makes it the one around.
void hestia_enter(hestia_frame *frame);

void hestia_leave(hestia_frame *frame);

// hestia_innermost returns the innermost run on this thread, NULL if there is none.
hestia_frame *hestia_innermost(void);

// hestia_image_of writes the addresses of a module's machine code.
void hestia_image_of(const wasmtime_module_t *module, hestia_image *image);

#endif
