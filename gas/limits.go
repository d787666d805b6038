package gas

// Limits bound what the engine accepts, so that no input can cost more than it pays for. They are consensus rules.
type Limits struct {
	Code           int    // bytes of deployed code
	Initcode       int    // bytes of creation data
	TransactionGas uint64 // gas limit of one transaction; 0 = that of the block
	CallDepth      int    // nested frames
	Pages          uint32 // of 64 KiB, one contract's linear memory
	PagesNear      uint32 // of 64 KiB, what a memory that begins with no more may grow to: see Reach
	FramePages     uint32 // of 64 KiB, all frames of a transaction alive at once
	TableEntries   uint32 // of all tables of one contract
	StackBytes     int32  // native stack of one frame, as the injected counter weighs it
	ExactExports   bool   // refuse exports other than memory and main
	Initializers   bool   // accept a start function and _initialize, which run before main
	SegmentsFit    bool   // refuse active segments that do not fit the initial memory or table
	Markers        bool   // creation data may end its module by a custom section args or runtime: docs/adr/0019
	Wasm           bool   // code that begins with \0asm is WebAssembly; the EVM's if not
	EVM            bool   // code that is not WebAssembly is the EVM's
	EVMCode        int    // bytes of deployed code of the EVM
	EVMInitcode    int    // bytes of creation data of the EVM
	Programs       bool   // modules that export _start and no main are programs, and may import WASI's functions
	Floats         bool   // programs may use floating point
	Debug          bool   // accept imports from the debug module
	CompileCustoms bool   // custom sections count as bytes to compile, though no compiler reads them
	Module         ModuleLimits
}

// Reach returns how many pages a memory with that many initial pages may grow to. The price of a load depends on it
// (Schedule.InstructionsFor), so it has to be known when a module is metered.
func (l *Limits) Reach(pages uint32) uint32 {
	if pages <= l.PagesNear {
		return l.PagesNear
	}
	return l.Pages
}

// ModuleLimits bound the shape of one module, so that no module takes a compiler long. docs/adr/0005 has the reasons.
type ModuleLimits struct {
	Bytes      uint64 // of the whole module
	Types      uint64
	Parameters uint64 // and results, of one type
	Signatures uint64 // parameters and results of all types
	Imports    uint64
	Functions  uint64 // defined ones
	Tables     uint64
	Globals    uint64
	Exports    uint64
	Elements   uint64 // segments
	Data       uint64 // segments

	Locals       uint64 // and parameters, of one function
	Live         uint64 // of them live at once, with operands apart
	Across       uint64 // of them live across joins
	LocalsTotal  uint64 // declared by all functions
	Instructions uint64 // of one function
	Operands     uint64 // of one function at once
	Nesting      uint64 // blocks, loops and ifs within each other
	Loops        uint64 // loops within each other
	Targets      uint64 // of one br_table
	TargetsTotal uint64 // of all of them

	CompileTime  uint64 // estimated, in nanoseconds
	CompilePerKB uint64 // estimated, in nanoseconds, for each KB begun
}

// LongChain is how many operations, each on the result of the one before, an optimizer may look through: metering hides
// the next one's result, and the estimate of compile time counts that.
const LongChain = 6

// moduleLimits hold under every schedule. There is a limit for what the estimate does not cover, or covers too late.
// Each is several times what compilers emit.
func moduleLimits() ModuleLimits {
	return ModuleLimits{
		Bytes:      2 << 20, // more than creation data may have: what the metering tool is given carries symbols
		Types:      1024,    // large programs have some 100
		Parameters: 128,     // validation and calls take time for each
		Signatures: 16384,   // types at 16
		Imports:    1024,    // the interface has fewer than 50; what the metering tool is given may have more
		Functions:  10_000,  // 500 KB of compiled C have some 1,000
		Tables:     16,      // toolchains make one or two
		Globals:    2048,    // one each for some toolchains' static variables
		Exports:    2048,
		Elements:   1024,
		Data:       4096, // one each for some toolchains' static objects

		Locals:       50_000,  // code that is not optimized has one for each value
		Live:         1024,    // registers are allotted in time that grows faster than their number
		Across:       4096,    // liveness takes a bit of each at each join
		LocalsTotal:  1 << 17, // functions at 13
		Instructions: 1 << 15, // 75 KB in one function; compile time grows faster than its size
		Operands:     1024,    // they occupy registers as locals do
		Nesting:      1024,    // a switch nests a block for each case
		Loops:        64,      // compile time grows with the square
		Targets:      1 << 15, // the WebAssembly core suite has 24,576
		TargetsTotal: 1 << 16,

		CompileTime:  2_000_000_000,
		CompilePerKB: 10_000_000, // compilers emit code at 1,000,000 to 3,000,000; unrolled hashes at up to 9,000,000
	}
}

// Count is one of the numbers from which the compile time of a module is estimated.
type Count uint8

// What is counted. A join is a place that several edges lead to: the header of a loop, the end of a block or if, and
// one inside each instruction that branches by itself.
const (
	CountModules      Count = iota // always 1
	CountBytes                     // of the module; under Limits.CompileCustoms custom sections too
	CountFunctions                 // defined ones
	CountDeclarations              // types, imports, exports, globals, segments and what they list
	CountLocals                    // declared by functions
	CountEscaping                  // functions that a table or an export may hold, or a reference
	CountMoves                     // accesses to locals, and constants
	CountInstructions              // all others
	CountFar                       // accesses to locals, and operands, that will hardly be in registers
	CountCalls                     // of functions by name, and of the runtime
	CountIndirect                  // calls by table, and other accesses to tables
	CountPassed                    // parameters and results of functions, calls, blocks and branches
	CountTargets                   // of br_table
	CountEdges                     // edges to joins
	CountEdgeLive                  // locals live at a join, for each of its edges
	CountEdgeSquares               // edges to one join, squared, and a 32nd of those of a function, squared; over 1024
	CountLoopLive                  // locals live at a loop, for each loop
	CountRewrites                  // forms of values that an optimizer tries: see gas/admit/rewrites.go
	CountLoopSquares               // locals live at loops, over all loops of a function, squared, over 1024
	CountFloats                    // instructions on floats; a store counts as three
	CountSigns                     // copysign, from which NaNs are hidden
	CountFloatSquares              // operations on two floats of a function, squared, over 1024
	CountSignSquares               // copysigns of a function, squared, over 1024
	counts
)

// Counts are one module's, indexed by Count.
type Counts [counts]uint64

// CompileTimes are nanoseconds of one core of the reference machine for each unit of a Count, indexed by Count.
type CompileTimes [counts]uint32

// compileTimes are fitted to the sweep of tests/limits so that no shape takes longer than its estimate: see
// docs/adr/0005. Much of a price is for what metering adds.
func compileTimes() CompileTimes {
	return CompileTimes{
		CountModules:      1_600_000, // a module of one empty function
		CountBytes:        50,        // decoding, validation, segments
		CountFunctions:    60_000,    // a compiler's set-up, prologue and epilogue
		CountDeclarations: 1_500,     // data segments, which take longest
		CountLocals:       100,       // a variable set to zero
		CountEscaping:     150_000,   // an entry for the host, in its calling convention
		CountMoves:        1_500,     // operators that only name a value
		CountInstructions: 5_500,     // loads and arithmetic that nothing folds
		CountFar:          6_000,     // a spill and a reload
		CountCalls:        5_000,     // the counters stored and loaded; all registers free
		CountIndirect:     40_000,    // bound, null and signature, and the entry made on first use
		CountPassed:       2_000,     // a move
		CountTargets:      2_500,     // an edge of its own
		CountEdges:        6_000,     // a block, and its charge
		CountEdgeLive:     900,       // the search for the value on this edge
		CountEdgeSquares:  11_000,    // what grows faster than a function's size
		CountLoopLive:     4_000,     // a value merged, whether it changes in the loop or not
		CountRewrites:     330,       // of 1,024 for an instruction at worst
		CountLoopSquares:  3_000,     // more of them than registers, spilled and reloaded all at once
	}
}

// floatCompileTimes are the same for a schedule that sells floats. What has them is refused by all others.
func floatCompileTimes() CompileTimes {
	t := compileTimes()
	t[CountFloats] = 1_500       // what hides NaNs from stores, and constants beside the code
	t[CountSigns] = 20_000       // to integers and back
	t[CountFloatSquares] = 2_500 // copies, as a result takes the place of an operand that is still needed
	t[CountSignSquares] = 6_500
	return t
}

// Estimate returns an upper bound of the compile time of a module with these counts, in nanoseconds, at most 2^62.
func (t *CompileTimes) Estimate(of *Counts) uint64 {
	const most = 1 << 62
	total := uint64(0)
	for i, n := range of {
		total = min(total+min(n, most>>32)*uint64(t[i]), most)
	}
	return total
}
