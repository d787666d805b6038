package gas

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
