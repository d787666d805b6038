// How a run is interrupted. A signal goes to its thread. If the handler finds wasm code there, it moves the program
// counter to an instruction of the same module that traps. If wasm code waits for a long operation of wasmtime's,
// such as memory.fill, the handler makes it return to that instruction. The rest is an ordinary trap. Code that is
// not interrupted pays nothing: it is the same code (docs/adr/0009).
#define _GNU_SOURCE
#include "interrupt.h"

#include <elf.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "capi.h"
#include "stack.h"

// A real-time signal that neither glibc nor Go uses.
#define INTERRUPT (SIGRTMIN + 13)

#if defined(__x86_64__)
#define PC(context) (*(uint64_t *)&(context)->uc_mcontext.gregs[REG_RIP])
#define SP(context) ((uint64_t)(context)->uc_mcontext.gregs[REG_RSP])
static int is_trap(const uint8_t *at) { return at[0] == 0x0f && at[1] == 0x0b; } // ud2
#elif defined(__aarch64__)
#define PC(context) (*(uint64_t *)&(context)->uc_mcontext.pc)
#define SP(context) ((uint64_t)(context)->uc_mcontext.sp)
static int is_trap(const uint8_t *at) { return memcmp(at, "\x1f\xc1\0\0", 4) == 0; } // udf #0xc11f
#else
#error "interrupts are not written for this processor"
#endif

// The run that is innermost on this thread.
static __thread __attribute__((tls_model("initial-exec"))) hestia_frame *innermost;

// parts are the sections of an image that are used here. An image is an ELF file that wasmtime has written, mapped as
// it is.
typedef struct {
	const uint8_t *image;
	const Elf64_Shdr *text, *symbols, *traps;
	const char *names; // of symbols
} parts;

static int find_parts(const uint8_t *image, parts *p) {
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return 0;
	const Elf64_Shdr *sections = (const Elf64_Shdr *)(image + header->e_shoff);
	const char *names = (const char *)image + sections[header->e_shstrndx].sh_offset;
	for (int i = 0; i < header->e_shnum; i++) {
		const char *name = names + sections[i].sh_name;
		if (strcmp(name, ".text") == 0) p->text = &sections[i];
		if (strcmp(name, ".wasmtime.traps") == 0) p->traps = &sections[i];
		if (sections[i].sh_type == SHT_SYMTAB) {
			p->symbols = &sections[i];
			p->names = (const char *)image + sections[sections[i].sh_link].sh_offset;
		}
	}
	p->image = image;
	return p->text && p->traps && p->symbols;
}

// in_function reports whether an address lies in a function of the module. In the trampolines that wasmtime puts around
// functions, nothing is prepared for a trap.
static int in_function(const parts *p, uint64_t address) {
	uint64_t offset = address - (uintptr_t)(p->image + p->text->sh_offset);
	if (offset >= p->text->sh_size) return 0;
	const Elf64_Sym *symbols = (const Elf64_Sym *)(p->image + p->symbols->sh_offset);
	for (size_t i = 0; i < p->symbols->sh_size / sizeof *symbols; i++)
		if (offset >= symbols[i].st_value && offset - symbols[i].st_value < symbols[i].st_size)
			return strstr(p->names + symbols[i].st_name, "]::function[") != NULL;
	return 0;
}

// trap_in returns an instruction that does nothing but trap and that stands in wasmtime's table of traps. The table
// is a count, as many offsets, and as many codes.
static const uint8_t *trap_in(const parts *p) {
	const uint8_t *table = p->image + p->traps->sh_offset, *text = p->image + p->text->sh_offset;
	uint32_t count, offset;
	memcpy(&count, table, sizeof count);
	for (uint32_t i = 0; i < count; i++) {
		memcpy(&offset, table + sizeof count + i * sizeof offset, sizeof offset);
		if (is_trap(text + offset)) return text + offset;
	}
	return NULL;
}

// cut_returns makes the innermost functions of a run return to a trap. Their stack frames, and those of the
// trampolines to wasmtime, begin with a pointer to the frame around and a return address in a function. A few are cut
// and not just one: below may lie an old frame that is no longer in use, in room that wasmtime has not written to.
static int cut_returns(const parts *p, uint64_t from, uint64_t to, uint64_t trap) {
	int cut = 0;
	for (uint64_t at = (from + 15) & ~(uint64_t)15; at + 16 <= to && cut < 4; at += 16) {
		uint64_t *frame = (uint64_t *)at, around = frame[0];
		if (around <= at || around + 16 > to || around % 16 != 0 || frame[1] == trap || !in_function(p, frame[1]))
			continue;
		frame[1] = trap;
		cut++;
	}
	return cut;
}

// on_interrupt is safe in a signal handler: it reads only what does not change during the run, and writes only what
// the run no longer needs.
static void on_interrupt(int number, siginfo_t *info, void *context) {
	hestia_frame *f = innermost;
	ucontext_t *thread = context;
	parts p = {0};
	(void)number, (void)info;
	if (!f || !f->interrupt.asked || !find_parts(f->input.image.start, &p)) return;
	uint64_t trap = (uintptr_t)trap_in(&p), sp = SP(thread), base = f->interrupt.base;
	if (trap == 0) return;
	if (in_function(&p, PC(thread))) PC(thread) = trap;
	// A host function in Go runs on another stack, and looks at asked by itself.
	else if (sp > base || base - sp > f->input.stack || !cut_returns(&p, sp, base, trap)) return;
	f->outcome.unwinding = HESTIA_INTERRUPTED;
}

int hestia_interrupts(void) {
	struct sigaction action = {.sa_sigaction = on_interrupt, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
	sigfillset(&action.sa_mask);
	return sigaction(INTERRUPT, &action, NULL) == 0;
}

void hestia_enter(hestia_frame *f) {
	static __thread int32_t thread;
	if (thread == 0) thread = (int32_t)syscall(SYS_gettid);
	f->interrupt.thread = thread;
	f->interrupt.base = (uintptr_t)__builtin_frame_address(0);
	f->interrupt.outer = innermost;
	innermost = f;
}

void hestia_leave(hestia_frame *f) {
	innermost = f->interrupt.outer;
	if (!innermost) hestia_stack_settle();
}

hestia_frame *hestia_innermost(void) { return innermost; }

void hestia_interrupt(hestia_frame *f) {
	__atomic_store_n(&f->interrupt.asked, 1, __ATOMIC_SEQ_CST);
	int32_t thread = __atomic_load_n(&f->interrupt.thread, __ATOMIC_SEQ_CST);
	if (thread != 0) syscall(SYS_tgkill, getpid(), thread, INTERRUPT);
}

void hestia_image_of(const wasmtime_module_t *module, hestia_image *image) {
	wasmtime_module_image_range(module, (void **)&image->start, (void **)&image->end);
}
