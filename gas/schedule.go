package gas

// Schedule is one version of the rules of cost: every price and every limit. Schedules are compared by address and
// never change once built.
type Schedule struct {
	Name    string  // what stores and files call it; part of the key of every artefact
	Family  string  // what it and its other versions have in common: see Newest
	Edition Edition // which host functions it sells

	Instructions Instructions
	Host         [Operations]Price // by host function
	State        State
	Compile      CompileTimes // what compiling a module is estimated at, under its limits and its price
	Limits       Limits
}

// Edition is a state of the interface: a schedule sells the functions of its edition and of every earlier one.
type Edition uint8

// The editions, each named after the rules of Ethereum that it gives to contracts.
const (
	ByzantineEdition Edition = iota // the published Ewasm interface
	OsakaEdition                    // and what the EVM has learnt since, and module bignum
	ProgramEdition                  // and what programs import from WASI
)

// Operation is the number of a host function of the Ethereum Environment Interface, or of a module beside it. Prices,
// the table of package ewasm and all that follows from it are indexed by this number.
type Operation uint8

// The host functions, in the order of the interface's documents. Those that begin with WASI are of module
// wasi_snapshot_preview1.
const (
	UseGas Operation = iota
	GetGasLeft
	GetAddress
	GetExternalBalance
	GetBlockHash
	Call
	CallDataCopy
	GetCallDataSize
	CallCode
	CallDelegate
	CallStatic
	StorageStore
	StorageLoad
	GetCaller
	GetCallValue
	CodeCopy
	GetCodeSize
	GetBlockCoinbase
	Create
	GetBlockDifficulty
	ExternalCodeCopy
	GetExternalCodeSize
	GetBlockGasLimit
	GetTxGasPrice
	Log
	GetBlockNumber
	GetTxOrigin
	Finish
	Revert
	GetReturnDataSize
	ReturnDataCopy
	SelfDestruct
	GetBlockTimestamp
	Create2
	GetExternalCodeHash
	GetChainID
	GetSelfBalance
	GetBaseFee
	GetPrevRandao
	GetBlobHash
	GetBlobBaseFee
	TransientLoad
	TransientStore
	Keccak256
	BignumAdd
	BignumSub
	BignumMul
	BignumDiv
	BignumMod
	BignumAddMod
	BignumMulMod
	BignumExp
	DebugPrint32
	DebugPrint64
	DebugPrintMem
	DebugPrintMemHex
	DebugPrintStorage
	DebugPrintStorageHex
	WASIArgsGet
	WASIArgsSizesGet
	WASIEnvironGet
	WASIEnvironSizesGet
	WASIClockResGet
	WASIClockTimeGet
	WASIFDAdvise
	WASIFDAllocate
	WASIFDClose
	WASIFDDatasync
	WASIFDFdstatGet
	WASIFDFdstatSetFlags
	WASIFDFdstatSetRights
	WASIFDFilestatGet
	WASIFDFilestatSetSize
	WASIFDFilestatSetTimes
	WASIFDPread
	WASIFDPrestatGet
	WASIFDPrestatDirName
	WASIFDPwrite
	WASIFDRead
	WASIFDReaddir
	WASIFDRenumber
	WASIFDSeek
	WASIFDSync
	WASIFDTell
	WASIFDWrite
	WASIPathCreateDirectory
	WASIPathFilestatGet
	WASIPathFilestatSetTimes
	WASIPathLink
	WASIPathOpen
	WASIPathReadlink
	WASIPathRemoveDirectory
	WASIPathRename
	WASIPathSymlink
	WASIPathUnlinkFile
	WASIPollOneoff
	WASIProcExit
	WASIProcRaise
	WASISchedYield
	WASIRandomGet
	WASISockAccept
	WASISockRecv
	WASISockSend
	WASISockShutdown

	Operations // how many there are
)

// Price is what one host function costs before its state access is counted, in gas.
type Price struct {
	Base  uint64
	Word  uint64 // for each 32 bytes copied, hashed or drawn, or begun
	Byte  uint64 // for each byte logged, or of an exponent
	Topic uint64 // for each topic of a log
}

// State prices accounts, slots, calls and creation, in gas. If Warm and Cold differ the first access of a transaction
// is cold.
type State struct {
	AccountCold, AccountWarm uint64 // on top of the base of functions that name an account
	SlotCold, SlotWarm       uint64 // on top of the base of storageLoad; SlotCold also of storageStore
	SlotSet                  uint64 // storageStore, zero to non-zero
	SlotReset                uint64 // storageStore, any other change
	NetMetering              bool   // storageStore compares with the value at the start of the transaction
	SlotSentry               uint64 // storageStore needs more than this left, so that a stipend cannot pay for one
	ClearRefund              uint64 // for a slot set to zero
	CallValue                uint64 // call and callCode with value
	CallStipend              uint64 // given to the callee of such a call
	RefusedStipend           bool   // a call with value refused by depth or balance pays and gets the stipend (EVM)
	NarrowBalance            bool   // a call with value, and create, trap if the balance has more than 128 bits (Hera)
	NewAccount               uint64 // call with value to, or selfDestruct in favour of, a dead account
	NewAccountAlways         bool   // selfDestruct pays NewAccount even if no value moves (Hera)
	SelfDestructRefund       uint64
	SelfDestructNewOnly      bool   // selfDestruct deletes only what the same transaction created
	CodeDeposit              uint64 // for each byte of deployed code
	InitcodeWord             uint64 // for each 32 bytes of creation data in create
	Compilation              uint64 // for each estimated microsecond of compiling creation data or deployed code
	RefundQuotient           uint64 // at most used/RefundQuotient is refunded
}
