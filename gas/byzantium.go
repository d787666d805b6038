package gas

// byzantium reproduces the published Ewasm tests: Hera 0.6.0's prices for the interface, Byzantium's for everything
// else, and no price for instructions.
func byzantium() *Schedule {
	const context, copying, word = 2, 3, 3 // Hera: base, verylow and copy of the yellow paper
	s := &Schedule{
		Name:         "byzantium",
		Family:       "byzantium",
		Instructions: freeInstructions(),
		Compile:      compileTimes(),
		State: State{
			SlotSet:            20000,
			SlotReset:          5000,
			ClearRefund:        15000,
			CallValue:          9000,
			CallStipend:        2300,
			NarrowBalance:      true, // Hera compares the balance with the value as u128
			NewAccount:         25000,
			NewAccountAlways:   true, // Hera ignores whether the balance is zero
			SelfDestructRefund: 24000,
			CodeDeposit:        200,
			RefundQuotient:     2,
		},
		Limits: Limits{
			Wasm:         true,
			Code:         24576, // EIP-170
			Initcode:     1 << 20,
			CallDepth:    1024,
			Pages:        512,
			PagesNear:    512, // instructions are free, be it near or far
			FramePages:   4096,
			TableEntries: 1 << 14,
			StackBytes:   StackBytes,
			ExactExports: true,
			Module:       moduleLimits(),

			CompileCustoms: true, // as every schedule began: the published tests pin what is refused
		},
	}
	for op := GetGasLeft; op <= GetBlockTimestamp; op++ {
		s.Host[op] = Price{Base: context}
	}
	s.Host[GetExternalBalance] = Price{Base: 400}             // BALANCE
	s.Host[GetBlockHash] = Price{Base: 800}                   // Hera; BLOCKHASH would be 20
	s.Host[Call] = Price{Base: 700}                           // CALL
	s.Host[CallCode] = Price{Base: 700}                       // CALLCODE
	s.Host[CallDelegate] = Price{Base: 700}                   // DELEGATECALL
	s.Host[CallStatic] = Price{Base: 700}                     // STATICCALL
	s.Host[Create] = Price{Base: 32000}                       // CREATE
	s.Host[CallDataCopy] = Price{Base: copying, Word: word}   // CALLDATACOPY
	s.Host[CodeCopy] = Price{Base: copying, Word: word}       // CODECOPY
	s.Host[ReturnDataCopy] = Price{Base: copying, Word: word} // RETURNDATACOPY
	s.Host[ExternalCodeCopy] = Price{Base: 700, Word: word}   // EXTCODECOPY
	s.Host[GetExternalCodeSize] = Price{Base: 700}            // EXTCODESIZE
	s.Host[Log] = Price{Base: 375, Topic: 375, Byte: 8}       // LOG0 to LOG4
	s.Host[StorageStore] = Price{}                            // State.SlotSet or SlotReset
	s.Host[StorageLoad] = Price{Base: 200}                    // SLOAD
	s.Host[Finish], s.Host[Revert] = Price{}, Price{}         // free, as RETURN and REVERT
	s.Host[UseGas] = Price{}                                  // its argument is the price
	s.Host[SelfDestruct] = Price{Base: 5000}                  // SELFDESTRUCT
	return s
}
