package abi_test

import (
	"encoding/binary"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/contracts"
	"hestia/iface/abi"
)

// A contract carries its interface in a custom section of its module. A book that has read it gives the contract's
// calls, errors and events their names.
func Example() {
	const declared = `[{"type":"error","name":"TooMuch","inputs":[{"name":"most","type":"uint256"}]}]`
	section := append([]byte{3}, "abi"+declared...)
	code := binary.AppendUvarint([]byte("\x00asm\x01\x00\x00\x00\x00"), uint64(len(section)))
	code = append(code, section...)

	book := abi.NewBook()
	book.Learn(crypto.Keccak256Hash(code), code)
	output := append(crypto.Keccak256([]byte("TooMuch(uint256)"))[:4], common.LeftPadBytes([]byte{7}, 32)...)
	if known, ok := book.Error(output); ok {
		fmt.Printf("%s: %s is %s\n", known.Name, known.Arguments[0].Name, known.Arguments[0].Text())
	}
	// Output: TooMuch: most is 7
}

func ExampleBook_Call() {
	book := abi.NewBook()
	book.AddWellKnown()
	input := common.FromHex("0xa9059cbb00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8" +
		"0000000000000000000000000000000000000000000000000000000000000019")
	call, ok := book.Call(input)
	fmt.Println(ok, call.Name, call.Arguments[0].Text(), call.Arguments[1].Text())
	// Output: true transfer 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 25
}

func ExampleBook_Event() {
	token, err := abi.Parse([]byte(contracts.Token.ABI))
	if err != nil {
		panic(err)
	}
	book := abi.NewBook()
	book.Add(token)
	one, two, amount := common.Hash{31: 1}, common.Hash{31: 2}, common.Hash{31: 25}
	event, ok := book.Event(&types.Log{Topics: []common.Hash{token.Events["Transfer"].ID, one, two}, Data: amount[:]})
	fmt.Println(ok, event.Name, event.Arguments[2].Text())
	// Output: true Transfer 25
}

func ExampleParseFile() {
	known, err := abi.ParseFile([]byte(`{"contractName": "Counter", "abi": ` + contracts.Counter.ABI + `}`))
	fmt.Println(err, known.Methods["increment"].Sig)
	// Output: <nil> increment()
}
