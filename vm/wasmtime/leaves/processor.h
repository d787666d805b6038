// The features of the processor.
#ifndef HESTIA_PROCESSOR_H
#define HESTIA_PROCESSOR_H

#include <stdint.h>

// hestia_processor writes the feature words of the processor, as far as a compiler asks for them. Unknown words stay
// as they are.
void hestia_processor(uint32_t features[8]);

#endif
