// What the sources share. Loops marked UNROLL are unrolled, unless the build asks for the other form by -DROLLED.
#pragma once
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned u32;
typedef unsigned long long u64;
typedef int i32;
typedef long long i64;
typedef __SIZE_TYPE__ size;

#define EXPORT __attribute__((export_name("run")))
#ifdef ROLLED
#define UNROLL _Pragma("nounroll")
#else
#define UNROLL _Pragma("unroll")
#endif

static inline u32 rol(u32 x, int n) { return x << n | x >> (32 - n); }
static inline u32 ror(u32 x, int n) { return x >> n | x << (32 - n); }
static inline u64 rol64(u64 x, int n) { return x << n | x >> (64 - n); }
static inline u64 ror64(u64 x, int n) { return x >> n | x << (64 - n); }

// Round constants that look random.
static inline u32 word(u32 i) { return (i + 1) * 2654435761u ^ (i + 7) * 2246822519u; }
static inline u64 word64(u32 i) { return (u64)word(i) << 32 | word(i + 99); }

void *memcpy(void *to, const void *from, size n);
void *memset(void *to, int c, size n);
