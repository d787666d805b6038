// How a run is interrupted: a signal to its thread, whose handler sends the wasm code that it finds there to an instruction of
// the same module that traps; where wasm code waits for something long of wasmtime's, such as memory.fill, it is made to
// return to that instruction. From there on all goes as with any trap. Code that nobody interrupts pays nothing, and is the
// same code (docs/adr/0009).
#define _GNU_SOURCE
#include "capi.h"

#include <elf.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

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

// What an image has for us. It is an ELF file as wasmtime writes it, mapped as it is.
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

// in_function tells whether an address lies in a function of the module's, and not in what wasmtime puts around them: there
// a trap would find nothing prepared.
static int in_function(const parts *p, uint64_t address) {
	uint64_t offset = address - (uintptr_t)(p->image + p->text->sh_offset);
	if (offset >= p->text->sh_size) return 0;
	const Elf64_Sym *symbols = (const Elf64_Sym *)(p->image + p->symbols->sh_offset);
	for (size_t i = 0; i < p->symbols->sh_size / sizeof *symbols; i++)
		if (offset >= symbols[i].st_value && offset - symbols[i].st_value < symbols[i].st_size)
			return strstr(p->names + symbols[i].st_name, "]::function[") != NULL;
	return 0;
}

// trap_in returns an instruction that does nothing but trap, and that wasmtime knows for one. Its table is a count, as many
// offsets, and as many codes.
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

// cut_returns makes the innermost functions of a run return to a trap. A frame of theirs, and of what they call wasmtime by,
// begins with a pointer to the frame around it and an address in a function. Few are cut: an old one that nobody returns from
// may lie below, in room that wasmtime has not used.
static int cut_returns(const parts *p, uint64_t from, uint64_t to, uint64_t trap) {
	int cut = 0;
	for (uint64_t at = (from + 15) & ~(uint64_t)15; at + 16 <= to && cut < 4; at += 16) {
		uint64_t *frame = (uint64_t *)at, around = frame[0];
		if (around <= at || around + 16 > to || around % 16 != 0 || frame[1] == trap || !in_function(p, frame[1])) continue;
		frame[1] = trap;
		cut++;
	}
	return cut;
}

// on_interrupt reads what does not change while the run goes on, and writes only to what the run loses: it may do so in a
// signal handler.
static void on_interrupt(int number, siginfo_t *info, void *context) {
	hestia_frame *f = innermost;
	ucontext_t *thread = context;
	parts p = {0};
	(void)number, (void)info;
	if (!f || !f->interrupted || !find_parts(f->image.start, &p)) return;
	uint64_t trap = (uintptr_t)trap_in(&p), sp = SP(thread);
	if (trap == 0) return;
	if (in_function(&p, PC(thread))) PC(thread) = trap;
	// A host function that Go is in has another stack, and looks by itself.
	else if (sp > f->base || f->base - sp > f->stack || !cut_returns(&p, sp, f->base, trap)) return;
	f->unwinding = HESTIA_INTERRUPTED;
}

int hestia_interrupts(void) {
	struct sigaction action = {.sa_sigaction = on_interrupt, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
	sigfillset(&action.sa_mask);
	return sigaction(INTERRUPT, &action, NULL) == 0;
}

void hestia_enter(hestia_frame *f) {
	static __thread int32_t thread;
	if (thread == 0) thread = (int32_t)syscall(SYS_gettid);
	f->thread = thread;
	f->base = (uintptr_t)__builtin_frame_address(0);
	f->outer = innermost;
	innermost = f;
}

void hestia_leave(hestia_frame *f) {
	innermost = f->outer;
	if (!innermost) hestia_stack_settle();
}

hestia_frame *hestia_innermost(void) { return innermost; }

void hestia_interrupt(hestia_frame *f) {
	__atomic_store_n(&f->interrupted, 1, __ATOMIC_SEQ_CST);
	int32_t thread = __atomic_load_n(&f->thread, __ATOMIC_SEQ_CST);
	if (thread != 0) syscall(SYS_tgkill, getpid(), thread, INTERRUPT);
}

void hestia_image_of(const wasmtime_module_t *module, hestia_image *image) {
	wasmtime_module_image_range(module, (void **)&image->start, (void **)&image->end);
}
