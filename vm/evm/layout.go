package evm

import (
	"fmt"
	"reflect"
	"unsafe"

	gethvm "github.com/ethereum/go-ethereum/core/vm"
)

// geth's interpreter has no hook for calls and creations. This file is all that knows how geth lays out what it does
// not export: where six fields are. They are found by name and type when the program starts.

// The functions of a jump table's entry: what an instruction does, and its price beside the constant one.
type (
	execution = func(pc *uint64, evm *gethvm.EVM, scope *gethvm.ScopeContext) ([]byte, error)
	metering  = func(*gethvm.EVM, *gethvm.Contract, *gethvm.Stack, *gethvm.Memory, uint64) (gethvm.GasCosts, error)
)

// layout is where fields are, in bytes from the start of their structs.
type layout struct {
	table, callGas, returnData     uintptr // of gethvm.EVM
	execute, dynamicGas, undefined uintptr // of an entry of gethvm.JumpTable
}

// geth is the layout of the linked version.
var geth = func() layout {
	l, err := locate(reflect.TypeFor[gethvm.EVM](), reflect.TypeFor[gethvm.JumpTable]().Elem().Elem())
	if err != nil {
		panic(err)
	}
	return l
}()

// locate finds the fields in the types of the interpreter and of a jump table's entry. The error names the field that
// is missing or has another type.
func locate(evm, entry reflect.Type) (l layout, err error) {
	for _, field := range []struct {
		of   reflect.Type
		name string
		is   reflect.Type
		to   *uintptr
	}{
		{evm, "table", reflect.TypeFor[*gethvm.JumpTable](), &l.table},
		{evm, "callGasTemp", reflect.TypeFor[uint64](), &l.callGas},
		{evm, "returnData", reflect.TypeFor[[]byte](), &l.returnData},
		{entry, "execute", reflect.TypeFor[execution](), &l.execute},
		{entry, "dynamicGas", reflect.TypeFor[metering](), &l.dynamicGas},
		{entry, "undefined", reflect.TypeFor[bool](), &l.undefined},
	} {
		found, ok := field.of.FieldByName(field.name)
		switch {
		case !ok:
			return l, fmt.Errorf("go-ethereum has changed: %v has no field %s", field.of, field.name)
		case !found.Type.AssignableTo(field.is):
			return l, fmt.Errorf(
				"go-ethereum has changed: %v.%s is %v, not %v", field.of, field.name, found.Type, field.is,
			)
		}
		*field.to = found.Offset
	}
	return l, nil
}

func setTable(evm *gethvm.EVM, table *gethvm.JumpTable) {
	*(**gethvm.JumpTable)(unsafe.Add(unsafe.Pointer(evm), geth.table)) = table
}

// callGas returns the gas for the callee of the call instruction that is executed, which its price includes.
func callGas(evm *gethvm.EVM) uint64 {
	return *(*uint64)(unsafe.Add(unsafe.Pointer(evm), geth.callGas))
}

// setReturnData sets what RETURNDATASIZE and RETURNDATACOPY see.
func setReturnData(evm *gethvm.EVM, data []byte) {
	*(*[]byte)(unsafe.Add(unsafe.Pointer(evm), geth.returnData)) = data
}

// entry is one instruction of a jump table.
type entry struct{ at unsafe.Pointer }

// entryOf returns the entry of an instruction, to read only: tables share entries.
func entryOf(table *gethvm.JumpTable, op gethvm.OpCode) entry {
	return entry{unsafe.Pointer(table[op])}
}

// ownEntry replaces the entry of an instruction by a copy and returns the copy.
func ownEntry(table *gethvm.JumpTable, op gethvm.OpCode) entry {
	own := *table[op]
	table[op] = &own
	return entry{unsafe.Pointer(&own)}
}

func (e entry) undefined() bool       { return *(*bool)(unsafe.Add(e.at, geth.undefined)) }
func (e entry) execute() *execution   { return (*execution)(unsafe.Add(e.at, geth.execute)) }
func (e entry) dynamicGas() *metering { return (*metering)(unsafe.Add(e.at, geth.dynamicGas)) }
