// Running a frame (run.c).
#ifndef HESTIA_RUN_H
#define HESTIA_RUN_H

#include "frame.h"

// hestia_run runs main of one instance, in the frame's slot or in a store of its own, and returns how the run ended.
uint32_t hestia_run(hestia_frame *frame);

#endif
