// A Hardhat 3 project against a devnet.
//
//   node hardhat.mjs http://127.0.0.1:8545
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rpcURL } from './fixture.mjs'
import { hardhatCommand, hardhatEnvironment, hardhatProject, newerNode } from './nodes.mjs'

if (!existsSync(newerNode)) {
  console.log(`FAIL  Hardhat needs Node.js 22.13, this is ${process.version}, and npm installed no newer one`)
  process.exit(1)
}
const [node, args] = hardhatCommand('run', '--no-compile', '--network', 'hestia', 'scripts/token.js')
const options = { cwd: hardhatProject, env: hardhatEnvironment(rpcURL), stdio: 'inherit' }
const [code] = await once(spawn(node, args, options), 'exit')
process.exitCode = code ?? 1
