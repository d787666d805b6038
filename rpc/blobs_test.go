package rpc_test

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto/kzg4844"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/chain/miner"
	"hestia/rpc"
)

func TestATransactionWithBlobsIsMinedAndShownWithItsFields(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	blob := kzg4844.Blob{1: 7}
	commitment, err := kzg4844.BlobToCommitment(&blob)
	check(t, err)
	proofs, err := kzg4844.ComputeCellProofs(&blob)
	check(t, err)
	sidecar := types.NewBlobTxSidecar(
		types.BlobSidecarVersion1, []kzg4844.Blob{blob}, []kzg4844.Commitment{commitment}, proofs,
	)
	hash := sidecar.BlobHashes()[0]
	tx := types.MustSignNewTx(aliceKey, types.LatestSigner(s.chain.ChainConfig()), &types.BlobTx{
		ChainID: uint256.MustFromBig(s.chain.ChainConfig().ChainID), To: bob, Gas: 21_000,
		GasFeeCap: uint256.NewInt(2 * params.GWei), GasTipCap: uint256.NewInt(1), BlobFeeCap: uint256.NewInt(5),
		BlobHashes: []common.Hash{hash}, Sidecar: sidecar,
	})
	var sent common.Hash
	s.must(t, &sent, "eth_sendRawTransaction", raw(t, tx))
	var receipt struct {
		Type, Status, BlobGasUsed, BlobGasPrice hexutil.Uint64
	}
	s.must(t, &receipt, "eth_getTransactionReceipt", fmt.Sprintf("%q", sent))
	if receipt.Type != 3 || receipt.Status != 1 || receipt.BlobGasUsed != 131_072 || receipt.BlobGasPrice != 1 {
		t.Errorf("receipt %+v", receipt)
	}
	var shown struct {
		MaxFeePerBlobGas    hexutil.Uint64
		BlobVersionedHashes []common.Hash
	}
	s.must(t, &shown, "eth_getTransactionByHash", fmt.Sprintf("%q", sent))
	if shown.MaxFeePerBlobGas != 5 || len(shown.BlobVersionedHashes) != 1 || shown.BlobVersionedHashes[0] != hash {
		t.Errorf("transaction %+v", shown)
	}
	var block struct{ BlobGasUsed hexutil.Uint64 }
	s.must(t, &block, "eth_getBlockByNumber", `"latest", false`)
	if block.BlobGasUsed != 131_072 {
		t.Errorf("block %+v", block)
	}
	var history struct{ BlobGasUsedRatio []float64 }
	s.must(t, &history, "eth_feeHistory", `"0x1", "latest", []`)
	if len(history.BlobGasUsedRatio) != 1 || history.BlobGasUsedRatio[0] != 1./9 {
		t.Errorf("history %+v", history)
	}
	var bytes hexutil.Bytes
	s.must(t, &bytes, "eth_getRawTransactionByHash", fmt.Sprintf("%q", sent))
	if len(bytes) > 1000 {
		t.Errorf("the transaction has its blobs: %d bytes", len(bytes))
	}
}
