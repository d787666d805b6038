package eth

import (
	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/rpc/query"
	"hestia/rpc/typeddata"
)

// accountAPI is eth: the accounts whose keys the node holds, and their signatures.
type accountAPI struct{ q *query.Service }

// Accounts lists the accounts that the node signs for.
func (a *accountAPI) Accounts() []common.Address { return a.q.Accounts() }

// RequestAccounts is what wallets' pages call it.
func (a *accountAPI) RequestAccounts() []common.Address { return a.Accounts() }

// Sign signs keccak256("\x19Ethereum Signed Message:\n" + length + message).
func (a *accountAPI) Sign(address common.Address, message hexutil.Bytes) (hexutil.Bytes, error) {
	return a.q.Sign(address, accounts.TextHash(message))
}

// SignTypedData_v4 signs structured data (https://eips.ethereum.org/EIPS/eip-712).
func (a *accountAPI) SignTypedData_v4(address common.Address, data typeddata.Data) (hexutil.Bytes, error) {
	digest, err := data.Hash()
	if err != nil {
		return nil, query.InvalidArgument(1, err)
	}
	return a.q.Sign(address, digest)
}

// SignTypedData signs structured data; the name is the first one that it had.
func (a *accountAPI) SignTypedData(address common.Address, data typeddata.Data) (hexutil.Bytes, error) {
	return a.SignTypedData_v4(address, data)
}

// SignTypedData_v3 signs structured data; the third version is the fourth without lists.
func (a *accountAPI) SignTypedData_v3(address common.Address, data typeddata.Data) (hexutil.Bytes, error) {
	return a.SignTypedData_v4(address, data)
}

// personalAPI is personal: the signature that wallets ask for under this name, and the account that made one.
type personalAPI struct{ q *query.Service }

// Sign returns the signature of a message, as eth_sign does, with the parameters the other way round.
func (a *personalAPI) Sign(message hexutil.Bytes, address common.Address) (hexutil.Bytes, error) {
	return a.q.Sign(address, accounts.TextHash(message))
}

// EcRecover returns the account that signed a message.
func (a *personalAPI) EcRecover(message, signature hexutil.Bytes) (common.Address, error) {
	if len(signature) != crypto.SignatureLength {
		return common.Address{}, query.InvalidParams("signature must be %d bytes long", crypto.SignatureLength)
	}
	if v := signature[crypto.RecoveryIDOffset]; v != 27 && v != 28 {
		return common.Address{}, query.InvalidParams("invalid Ethereum signature (V is not 27 or 28)")
	}
	plain := common.CopyBytes(signature)
	plain[crypto.RecoveryIDOffset] -= 27
	key, err := crypto.SigToPub(accounts.TextHash(message), plain)
	if err != nil {
		return common.Address{}, err
	}
	return crypto.PubkeyToAddress(*key), nil
}

// ListAccounts lists the accounts that the node signs for.
func (a *personalAPI) ListAccounts() []common.Address { return a.q.Accounts() }
