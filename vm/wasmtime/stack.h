// The native stack of threads (stack.c).
#ifndef HESTIA_STACK_H
#define HESTIA_STACK_H

#include <stddef.h>

// hestia_stack_left returns how many bytes of the calling thread's stack lie below this call; 0 if it is unknown.
size_t hestia_stack_left(void);

// hestia_stack_settle gives memory back that a deep stack took. It is called at the end of a thread's outermost run.
void hestia_stack_settle(void);

#endif
