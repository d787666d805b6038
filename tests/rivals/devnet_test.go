package rivals

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"hestia/contracts"
	"hestia/node"
)

const installed = "../clients/node_modules"

// devnet is a running node under load.
type devnet struct {
	loads   []*load
	process *exec.Cmd
	started float64 // ms from the start of the process to its first answer
	created []byte  // the token's creation code for this devnet
	token   common.Address
}

// start runs a devnet with an account for each client, deploys the token, and gives every client some of it.
func start(t *testing.T, name string) *devnet {
	t.Helper()
	port := freePort(t)
	d := &devnet{process: command(t, name, port), created: contracts.Token.Creation}
	if name != "hestia" {
		d.created = tokenForEVM(t)
	}
	d.process.Stderr = os.Stderr
	keys, err := node.DeriveKeys(node.DevMnemonic, clients)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		d.loads = append(d.loads, newLoad("http://127.0.0.1:"+port, key))
	}
	began := time.Now()
	if err := d.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.stop)
	for d.loads[0].ask("eth_chainId", "") == nil {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%s does not answer", name)
		}
		time.Sleep(time.Millisecond)
	}
	d.started = float64(time.Since(began).Microseconds()) / 1000
	d.token = d.loads[0].create(t, d.created)
	for _, l := range d.loads[1:] {
		d.loads[0].send(t, &d.token, transferOf(l.address, 1_000_000))
	}
	return d
}

// command is how a devnet is started.
func command(t *testing.T, name, port string) *exec.Cmd {
	t.Helper()
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	accounts := strconv.Itoa(clients)
	switch name {
	case "hestia":
		program, err := filepath.Abs(*binary)
		if err != nil {
			t.Fatal(err)
		}
		return exec.Command(program, "devnet", "--quiet", "--port", port, "--accounts", accounts)
	case "anvil":
		program := filepath.Join(
			installed, fmt.Sprintf("@foundry-rs/anvil-%s-%s/bin/anvil", runtime.GOOS, runtime.GOARCH),
		)
		return exec.Command(program, "--silent", "--port", port, "--accounts", accounts)
	}
	newer, err := filepath.Abs(filepath.Join(installed, fmt.Sprintf("node-%s-%s/bin/node", runtime.GOOS, arch)))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(newer, "../node_modules/hardhat/dist/src/cli.js", "node", "--port", port)
	c.Dir = "../clients/hardhat"
	c.Env = append(
		os.Environ(), "HESTIA_RPC=http://127.0.0.1:"+port, "HARDHAT_DISABLE_TELEMETRY_PROMPT=true", "CI=true",
	)
	return c
}

func (d *devnet) stop() {
	if d.process.ProcessState != nil {
		return
	}
	_ = d.process.Process.Signal(syscall.SIGKILL)
	_ = d.process.Wait()
}

// tokenForEVM compiles the token.
func tokenForEVM(t *testing.T) []byte {
	t.Helper()
	c := exec.Command("node", "../clients/token_evm.mjs")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("compiling the token: %v; run it with make rivals", err)
	}
	return common.FromHex(strings.TrimSpace(string(out)))
}

// memory returns the megabytes that the devnet holds when it is idle.
func (d *devnet) memory(t *testing.T) float64 {
	t.Helper()
	time.Sleep(time.Second)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.process.Process.Pid))
	if err != nil {
		t.Skipf("only Linux tells: %v", err)
	}
	_, rest, _ := bytes.Cut(text, []byte("VmRSS:"))
	var kilobytes float64
	if _, err := fmt.Sscan(string(rest), &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes / 1024
}

// freePort returns a port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
