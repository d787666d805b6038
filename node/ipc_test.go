package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	gethrpc "github.com/ethereum/go-ethereum/rpc"
)

func TestTheLocalSocketAnswersAndPushesToItsUserAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hestia.ipc")
	n, err := Start(Config{IPC: path})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	client, err := gethrpc.DialIPC(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	heads := make(chan map[string]any, 1)
	if _, err := client.EthSubscribe(t.Context(), heads, "newHeads"); err != nil {
		t.Fatal(err)
	}
	if err := client.Call(nil, "evm_mine"); err != nil {
		t.Fatal(err)
	}
	if head := <-heads; head["number"] != "0x1" {
		t.Errorf("pushed %v", head)
	}
	if _, err := Start(Config{IPC: path}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second node on the same socket: %v", err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket stays")
	}
}

func TestAFileIsNoPlaceForASocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(path, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := Start(Config{IPC: path}); err == nil {
		n.Close()
		t.Error("it was taken")
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != "keep" {
		t.Errorf("%q, %v", kept, err)
	}
}
