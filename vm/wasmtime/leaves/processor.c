// The features of the processor, from cpuid or the auxiliary vector.
#include "processor.h"

#if defined(__x86_64__)
#include <cpuid.h>

void hestia_processor(uint32_t features[8]) {
	uint32_t a, b, c, d;
	if (__get_cpuid(1, &a, &b, &c, &d)) features[0] = a, features[1] = c, features[2] = d;
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) features[3] = b, features[4] = c, features[5] = d;
	if (__get_cpuid(0x80000001, &a, &b, &c, &d)) features[6] = c, features[7] = d;
}
#elif defined(__linux__)
#include <sys/auxv.h>

void hestia_processor(uint32_t features[8]) {
	features[0] = (uint32_t)getauxval(AT_HWCAP), features[1] = (uint32_t)getauxval(AT_HWCAP2);
}
#else
void hestia_processor(uint32_t features[8]) { (void)features; }
#endif
