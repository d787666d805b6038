package gas

// MaxCodeSize bounds WithCodeSize. No block has room for as much.
const MaxCodeSize = 1 << 30

// WithCodeSize returns the schedule with another limit for deployed code of the EVM, in bytes, and twice as much for
// its creation data. All else stays, also the name, as wasm code costs the same.
func (s *Schedule) WithCodeSize(bytes int) *Schedule {
	limited := *s
	limited.Limits.EVMCode, limited.Limits.EVMInitcode = bytes, 2*bytes
	return &limited
}

// ethereum runs EVM code alone, under Ethereum's own limits: for Ethereum's tests, and for chains that know no wasm.
// geth prices the instructions by the rules of the block.
func ethereum() *Schedule {
	s := byzantium()
	s.Name, s.Family = "ethereum", "ethereum"
	s.Limits.Wasm = false
	s.Limits.EVM = true
	s.Limits.EVMCode = 24576          // EIP-170
	s.Limits.EVMInitcode = 49152      // EIP-3860
	s.Limits.TransactionGas = 1 << 24 // EIP-7825, since Osaka
	return s
}
