package rpc

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/frame"
)

// Codes of the error object beyond the ones geth's server itself answers.
const (
	codeDefault       = -32000
	codeReverted      = 3 // https://github.com/ethereum/execution-apis: data holds what revert was given
	codeNotMined      = 4 // sent, but in no block yet; data holds the hash
	codeInvalidParams = -32602
	codeInternal      = -32603
	codeNotFound      = -32001
	codeLimitExceeded = -32005
)

var (
	errBlockNotFound  = errors.New("header not found")
	errHashNotFound   = errors.New("header for hash not found")
	errUnknownBlock   = errors.New("unknown block")
	errFilterNotFound = errors.New("filter not found")
	errUnknownAccount = errors.New("unknown account")
	errRequestBeyond  = errors.New("request beyond head block")
	errPercentile     = errors.New("invalid reward percentile")
	errBothPrices     = errors.New("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
	errBothData       = errors.New(`both "data" and "input" are set and not equal. Please use "input" to pass transaction call data`)
	errPriceAndList   = errors.New("both gasPrice and authorizationList specified")
	errBlobSigning    = errors.New("signing blob transactions not supported")
	errEmptyCreation  = errors.New("contract creation without any data provided")
	errUnprotected    = errors.New("only replay-protected (EIP-155) transactions allowed over RPC")
	errTooManyFilters = errors.New("too many filters installed; uninstall some with eth_uninstallFilter")
	errNoAccessList   = errors.New("block access lists begin with the fork after Osaka")
	errNotFound       = errors.New("transaction not found")
	errTraceTimeout   = errors.New("execution timeout")
	errTraceSize      = errors.New("the trace is too large; limit it")
	errNoNonce        = errors.New("missing transaction nonce in transaction spec")
)

// codedError is an error with a JSON-RPC code of its own.
type codedError struct {
	error
	code int
}

func (e *codedError) ErrorCode() int { return e.code }

func (e *codedError) Unwrap() error { return e.error }

// invalidParams reports a parameter that cannot be used; the message names it and what was expected.
func invalidParams(format string, args ...any) error {
	return &codedError{fmt.Errorf(format, args...), codeInvalidParams}
}

// limitExceeded reports a request that asks for more than one answer may hold.
func limitExceeded(format string, args ...any) error {
	return &codedError{fmt.Errorf(format, args...), codeLimitExceeded}
}

// revertError carries what a contract gave to revert, decoded where it is a Solidity reason.
type revertError struct {
	message string
	output  []byte
}

func (e *revertError) Error() string { return e.message }

func (e *revertError) ErrorCode() int { return codeReverted }

func (e *revertError) ErrorData() any { return hexutil.Encode(e.output) }

func (s *service) newRevertError(output []byte) *revertError {
	message := frame.ErrReverted.Error()
	if reason, err := abi.UnpackRevert(output); err == nil {
		message += ": " + reason
	} else if custom, known := describe(s.abis, output); known {
		message += ": " + custom
	}
	return &revertError{message, output}
}

// endError turns how a call ended into what its caller is told, nil if it finished.
func (s *service) endError(r frame.Result) error {
	switch r.End {
	case frame.Finished:
		return nil
	case frame.Reverted:
		return s.newRevertError(common.CopyBytes(r.Output))
	default:
		return r.Cause // which every end but Finished has
	}
}
