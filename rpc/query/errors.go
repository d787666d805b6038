package query

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/frame"
	"hestia/iface/abi"
)

// Codes of the error object beyond the ones geth's server itself answers.
const (
	CodeDefault       = -32000
	CodeReverted      = 3 // https://github.com/ethereum/execution-apis: data holds what revert was given
	CodeNotMined      = 4 // sent, but in no block yet; data holds the hash
	CodeInvalidParams = -32602
	CodeInternal      = -32603
	CodeNotFound      = -32001
	codeLimitExceeded = -32005
	codeMovedToItself = -38022 // these two: https://github.com/ethereum/execution-apis, eth_simulateV1
	CodeClientLimit   = -38026
)

var (
	ErrBlockNotFound  = errors.New("header not found")
	errHashNotFound   = errors.New("header for hash not found")
	ErrUnknownBlock   = errors.New("unknown block")
	ErrUnknownAccount = errors.New("unknown account")
	errBothPrices     = errors.New("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
	errBothData       = errors.New(
		`both "data" and "input" are set and not equal. Please use "input" to pass transaction call data`,
	)
	errPriceAndList  = errors.New("both gasPrice and authorizationList specified")
	errBlobSigning   = errors.New("signing blob transactions not supported")
	errEmptyCreation = errors.New("contract creation without any data provided")
	ErrNotFound      = errors.New("transaction not found")
)

// codedError is an error with a JSON-RPC code of its own.
type codedError struct {
	error
	code int
}

func (e *codedError) ErrorCode() int { return e.code }

// Unwrap returns the error without its code.
func (e *codedError) Unwrap() error { return e.error }

// WithCode gives an error a JSON-RPC code of its own.
func WithCode(err error, code int) error { return &codedError{err, code} }

// InvalidParams reports a parameter that cannot be used; the message names it and what was expected.
func InvalidParams(format string, args ...any) error {
	return WithCode(fmt.Errorf(format, args...), CodeInvalidParams)
}

// InvalidArgument reports that a parameter cannot be used, by its place from 0. The message begins as those of geth's
// server do, so that the server adds the parameter's name.
func InvalidArgument(place int, err error) error {
	return InvalidParams("invalid argument %d: %w", place, err)
}

// LimitExceeded reports a request that asks for more than one answer may hold.
func LimitExceeded(format string, args ...any) error {
	return WithCode(fmt.Errorf(format, args...), codeLimitExceeded)
}

// Fault reports that the node failed, or that it has too much to do.
func Fault(err error) error {
	if errors.Is(err, frame.ErrOverloaded) {
		var fault *frame.FaultError
		errors.As(err, &fault)
		return WithCode(fault.Err, codeLimitExceeded)
	}
	return WithCode(err, CodeInternal)
}

// RevertError carries what a contract gave to revert, decoded if it is a reason of Solidity or an error that the node
// knows.
type RevertError struct {
	Message string
	Output  []byte
}

func (e *RevertError) Error() string { return e.Message }

func (e *RevertError) ErrorCode() int { return CodeReverted }

func (e *RevertError) ErrorData() any { return hexutil.Encode(e.Output) }

// newRevertError describes what a contract gave to revert.
func (s *Service) newRevertError(output []byte) *RevertError {
	message := frame.ErrReverted.Error()
	if reason, ok := abi.Reason(output); ok {
		message += ": " + reason
	} else if custom, known := s.Abis.Error(output); known {
		message += ": " + custom.String()
	}
	return &RevertError{message, output}
}

// EndError turns the end of a call into the caller's answer, nil if it finished.
func (s *Service) EndError(r frame.Result) error {
	switch r.End {
	case frame.Finished:
		return nil
	case frame.Reverted:
		return s.newRevertError(common.CopyBytes(r.Output))
	default:
		return r.Cause // which every end but Finished has
	}
}
