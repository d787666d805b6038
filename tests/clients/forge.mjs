// A forge script against a devnet: it deploys the token, pays with it, and sends ether.
//
//   node forge.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { AbiCoder, Contract, JsonRpcProvider } from 'ethers'
import { bob, check, rpcURL, token } from './fixture.mjs'

const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch]
const binary = fileURLToPath(new URL(`node_modules/@foundry-rs/forge-${process.platform}-${arch}/bin/forge`, import.meta.url))
const project = fileURLToPath(new URL('forge', import.meta.url))
const run = promisify(execFile)

const provider = new JsonRpcProvider(rpcURL, undefined, { cacheTimeout: -1 })
const before = await provider.getBalance(bob.address)
let sent

await check('forge script --broadcast compiles, runs and sends', async () => {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', NODE: process.execPath, FOUNDRY_DISABLE_NIGHTLY_WARNING: '1' }
  // Slow: each transaction waits for the one before. No simulation: forge's own EVM does not run WebAssembly.
  const args = ['script', 'script/Token.s.sol', '--tc', 'Script', '--rpc-url', rpcURL, '--broadcast', '--slow', '--skip-simulation']
  const { stdout } = await run(binary, args, { cwd: project, env })
  assert.match(stdout, /ONCHAIN EXECUTION COMPLETE & SUCCESSFUL/)
  sent = JSON.parse(readFileSync(new URL('../../build/forge/broadcast/Token.s.sol/31337/run-latest.json', import.meta.url), 'utf8'))
})

await check('all four transactions of the script succeeded', async () => {
  assert.deepEqual(sent.receipts.map((receipt) => receipt.status), ['0x1', '0x1', '0x1', '0x1'])
  const { contractAddress } = sent.receipts[0]
  assert.equal(await provider.getCode(contractAddress), token.runtime)
  assert.equal(await new Contract(contractAddress, token.abi, provider).balanceOf(bob.address), 25n)
  assert.equal(await provider.getBalance(bob.address), before + 5n)
  const kept = await provider.call({ to: sent.receipts[3].contractAddress })
  assert.equal(kept, AbiCoder.defaultAbiCoder().encode(['uint256', 'string'], [42n, 'kept']))
})

provider.destroy()
