// Package contracts holds sample contracts, built and ready to deploy: their sources lie beside the .wasm files, and
// make verify shows that one builds the other byte for byte.
//
// They are what the tests, the benchmarks and the documentation run. The package knows nothing of the engine: a
// contract here is bytes and an ABI. Start with Token, or with Deploy to wrap a runtime of your own.
package contracts

import _ "embed"

// Contract is one sample: what runs, what deploys it, and its interface. The byte slices are shared by every
// reader and must not be changed.
type Contract struct {
	Name     string // the contract's folder in this package
	Runtime  []byte // the wasm module that runs when the contract is called
	Creation []byte // the data of a transaction that deploys Runtime
	ABI      string // the interface in Solidity's JSON; "[]" if the contract takes its calldata as it is
}

var (
	//go:embed counter/counter.wasm
	counterRuntime []byte
	//go:embed counter/counter.abi.json
	counterABI string
	//go:embed token/token.wasm
	tokenRuntime []byte
	//go:embed token/token_deploy.wasm
	tokenCreation []byte
	//go:embed token/token.abi.json
	tokenABI string
	//go:embed echo/echo.wasm
	echoRuntime []byte
	//go:embed keccak/keccak.wasm
	keccakRuntime []byte
)

// rawABI describes a contract that has no functions, only calldata.
const rawABI = "[]"

var (
	// Counter keeps one number in storage slot 0: increment(), add(uint256) and count(), with the event
	// Incremented(uint256).
	Counter = Contract{Name: "counter", Runtime: counterRuntime, Creation: Deploy(counterRuntime), ABI: counterABI}

	// Token is an ERC-20 token with Solidity's storage layout; its constructor gives the whole supply to the
	// deployer: the uint256 appended to Creation, or 1,000,000 tokens of 18 decimals if nothing is.
	Token = Contract{Name: "token", Runtime: tokenRuntime, Creation: tokenCreation, ABI: tokenABI}

	// Echo answers its calldata and grows its memory to hold it.
	Echo = Contract{Name: "echo", Runtime: echoRuntime, Creation: Deploy(echoRuntime), ABI: rawABI}

	// Keccak answers the keccak256 of its calldata.
	Keccak = Contract{Name: "keccak", Runtime: keccakRuntime, Creation: Deploy(keccakRuntime), ABI: rawABI}
)

// All returns every sample, ordered by name.
func All() []Contract {
	return []Contract{Counter, Echo, Keccak, Token}
}
