package gas

// StackBytes is the native stack of one frame under every schedule, as the injected counter weighs it.
const StackBytes = 2 << 20

var schedules = map[string]*Schedule{}

func init() {
	for _, s := range []*Schedule{
		byzantium(), ethereum(), defaults(), development(), default2(), development2(),
	} {
		schedules[s.Name] = s
		newest[s.Family] = s // the last of each family
	}
}

// Default returns the schedule of a new chain.
func Default() *Schedule { return newest["default"] }

// Development returns the schedule of a new devnet: the default one, with the debug module.
func Development() *Schedule { return newest["development"] }

// Byzantium returns the schedule of the published Ewasm tests.
func Byzantium() *Schedule { return schedules["byzantium"] }

// Ethereum returns the schedule of Ethereum's own tests, under which all code is EVM code.
func Ethereum() *Schedule { return schedules["ethereum"] }

// Named returns the schedule called exactly name, false if there is none: see Newest.
func Named(name string) (*Schedule, bool) {
	s, ok := schedules[name]
	return s, ok
}

// defaults is the first version of the default schedule. It follows Osaka's prices for state, so that EVM and wasm code
// pay the same for the same work, and our measured prices for instructions.
func defaults() *Schedule {
	s := byzantium()
	s.Name, s.Family, s.Edition = "default", "default", OsakaEdition
	s.Instructions = defaultInstructions()
	s.State = State{
		AccountCold:    2600, // EIP-2929
		AccountWarm:    100,
		SlotCold:       2100,
		SlotWarm:       100,
		SlotSet:        20000,
		SlotReset:      2900, // 5000 less the cold access, charged apart
		NetMetering:    true, // EIP-2200, with the refunds of EIP-3529
		SlotSentry:     2300, // EIP-2200
		ClearRefund:    4800,
		CallValue:      9000,
		CallStipend:    2300,
		RefusedStipend: true,
		NewAccount:     25000,
		CodeDeposit:    200,
		InitcodeWord:   2,  // EIP-3860
		Compilation:    10, // 100 ns a gas
		RefundQuotient: 5,  // EIP-3529

		SelfDestructNewOnly: true, // EIP-6780
	}
	s.Limits.Code = 512 << 10   // wasm is bigger than EVM code
	s.Limits.Initcode = 1 << 20 // a constructor holds its runtime
	s.Limits.PagesNear = 64     // 4 MiB, which caches still hold: docs/adr/0010
	s.Limits.TransactionGas = 1 << 28
	s.Limits.CompileCustoms = false // an interface, names and debug information are not compiled
	s.Limits.ExactExports = false   // rustc and clang export __heap_base and __data_end
	s.Limits.Initializers = true    // AssemblyScript and WASI's reactors have them
	s.Limits.SegmentsFit = true     // calls of such a contract could only burn their gas
	s.Limits.Markers = true         // tools append a constructor's arguments: docs/adr/0019
	for _, op := range []Operation{
		GetExternalBalance, Call, CallCode, CallDelegate, CallStatic, GetExternalCodeSize, StorageLoad,
	} {
		s.Host[op].Base = 0 // the access is the price
	}
	s.Host[ExternalCodeCopy].Base = 0
	s.Host[GetBlockHash].Base = 20
	priceOsakaEdition(s)
	return s
}

// priceOsakaEdition prices the functions that came after Byzantium: what the EVM charges for the same, and what module
// bignum takes on the reference machine at 100 ns a gas. docs/eei.md holds the measured times beside them.
func priceOsakaEdition(s *Schedule) {
	s.Host[Create2] = Price{Base: 32000, Word: 6} // CREATE2: creation and hashing; State.InitcodeWord comes on top
	s.Host[GetExternalCodeHash] = Price{}         // EXTCODEHASH: the access is the price
	s.Host[GetChainID] = Price{Base: 2}           // CHAINID
	s.Host[GetSelfBalance] = Price{Base: 5}       // SELFBALANCE
	s.Host[GetBaseFee] = Price{Base: 2}           // BASEFEE
	s.Host[GetPrevRandao] = Price{Base: 2}        // PREVRANDAO
	s.Host[GetBlobHash] = Price{Base: 3}          // BLOBHASH
	s.Host[GetBlobBaseFee] = Price{Base: 2}       // BLOBBASEFEE
	s.Host[TransientLoad] = Price{Base: 100}      // TLOAD
	s.Host[TransientStore] = Price{Base: 100}     // TSTORE
	s.Host[Keccak256] = Price{Base: 30, Word: 6}  // KECCAK256
	for op := BignumAdd; op <= BignumMulMod; op++ {
		s.Host[op] = Price{Base: 2} // measured: the crossing, 100 to 150 ns, outweighs the arithmetic
	}
	for op := DebugPrint32; op <= DebugPrintStorageHex; op++ {
		s.Host[op] = Price{Base: 100} // measured: up to 17 us for a line
	}
	for _, op := range []Operation{DebugPrintStorage, DebugPrintStorageHex} {
		s.Host[op].Base += s.State.SlotCold // it reads a slot and warms none
	}
	s.Host[BignumExp] = Price{Base: 2, Byte: 1} // measured: 100 ns for eight squarings and at most as many products
}

// development is its first version for devnets. It differs from the default by what it lets contracts print.
func development() *Schedule {
	s := defaults()
	s.Name, s.Family = "development", "development"
	s.Limits.Debug = true
	return s
}
