package gas

// A chain keeps the schedule that it began with, as its blocks must give the same results for ever. So a rule that
// changes results makes a new schedule, the next version of its family. The first versions have no number. Stores and
// files hold exact names; a flag names a family and means the newest.

// Newest returns the schedule that a flag means: the newest version of the family name, or the schedule that is called
// exactly so. It returns false if there is neither.
func Newest(name string) (*Schedule, bool) {
	if s := newest[name]; s != nil {
		return s, true
	}
	return Named(name)
}

// newest holds the last version of each family that has several.
var newest = map[string]*Schedule{}

// SameFamily reports whether two schedules are versions of one.
func SameFamily(a, b *Schedule) bool { return a.Family == b.Family }

// default2 runs EVM code and programs beside Ewasm's contracts.
func default2() *Schedule {
	s := defaults()
	s.Name, s.Edition = "default-2", ProgramEdition
	priceProgramEdition(s)
	s.Limits.EVM = true
	s.Limits.EVMCode = 24576     // EIP-170
	s.Limits.EVMInitcode = 49152 // EIP-3860
	s.Limits.Programs = true
	s.Limits.Code = 768 << 10 // programs carry their libraries: SQLite has 512 KiB
	s.Limits.Floats = true
	s.Instructions = FloatInstructions(s.Instructions)
	s.Compile = floatCompileTimes()
	s.Limits.Module.Data = 65_536               // Go's compiler makes one of each run of bytes without zeros
	s.Limits.Module.CompileTime = 3_000_000_000 // SQLite; what takes so long pays 30M gas for it
	return s
}

// development2 differs from default2 as development from the first default.
func development2() *Schedule {
	s := default2()
	s.Name, s.Family = "development-2", "development"
	s.Limits.Debug = true
	s.Limits.Code = 4 << 20 // Go's compiler brings its runtime along: 2.6 MiB with fmt
	s.Limits.Initcode = 5 << 20
	s.Limits.TransactionGas = 1 << 30 // deploying that takes 620M
	s.Limits.Module.Bytes = 8 << 20
	s.Limits.Module.TargetsTotal = 1 << 18       // Go's compiler jumps to blocks by tables: 60,000 and more
	s.Limits.Module.CompileTime = 15_000_000_000 // fmt takes 6 s, encoding/json 10 s
	return s
}

// priceProgramEdition prices the functions that programs import from WASI: the crossing, and the bytes that are moved.
// Slots of files cost what storageLoad and storageStore charge for them, and hashes what keccak256 does.
func priceProgramEdition(s *Schedule) {
	for op := WASIArgsGet; op <= WASISockShutdown; op++ {
		s.Host[op] = Price{Base: 2, Word: 3} // measured: 70 to 190 ns; a copy as in callDataCopy
	}
	s.Host[WASIRandomGet] = Price{Base: 2, Word: 60} // measured: 0.6 us for a hash of 137 bytes
}
