// A Hardhat 3 project against a devnet. Hardhat wants a newer Node.js than the other clients: where this one is older, the
// project runs in the one that npm installed.
//
//   node hardhat.mjs http://127.0.0.1:8545
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rpcURL } from './fixture.mjs'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const newer = path(`node_modules/node-${process.platform}-${process.arch}/bin/node`)
const [major, minor] = process.versions.node.split('.').map(Number)
const node = major > 22 || (major === 22 && minor >= 13) ? process.execPath : newer

if (!existsSync(node)) {
  console.log(`FAIL  Hardhat needs Node.js 22.13, this is ${process.version}, and npm installed no newer one`)
  process.exit(1)
}
const env = { PATH: process.env.PATH, HOME: process.env.HOME, HESTIA_RPC: rpcURL, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true', CI: 'true' }
const args = [path('node_modules/hardhat/dist/src/cli.js'), 'run', '--no-compile', '--network', 'hestia', 'scripts/token.js']
const [code] = await once(spawn(node, args, { cwd: path('hardhat'), env, stdio: 'inherit' }), 'exit')
process.exitCode = code ?? 1
