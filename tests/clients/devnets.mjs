// Holds devnets to what viem's test client and hardhat-network-helpers document, through these packages: a built hestia, and
// with the same scripts anvil and Hardhat's own node.
//
//   node devnets.mjs path/to/hestia
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { differences } from './differences.mjs'
import { hardhatCommand, hardhatEnvironment, hardhatProject, startDevnet, stop } from './nodes.mjs'

if (process.argv.length !== 3) {
  console.error('usage: node devnets.mjs path/to/hestia')
  process.exit(2)
}

async function runSuite (command, args, options) {
  const [code] = await once(spawn(command, args, { stdio: 'inherit', ...options }), 'exit')
  if (code !== 0) process.exitCode = 1
}

for (const name of ['hestia', 'anvil', 'hardhat']) {
  console.log(`\n# ${name}`)
  const { url, node } = await startDevnet(name, resolve(process.argv[2]))
  const env = { ...hardhatEnvironment(url), DEVNET: name }
  await runSuite(...hardhatCommand('run', '--no-compile', '--network', 'hestia', 'scripts/helpers.js'), { cwd: hardhatProject, env })
  const script = fileURLToPath(new URL('testclient.mjs', import.meta.url))
  for (const mode of name === 'hardhat' ? ['hardhat'] : ['anvil', 'hardhat']) {
    await runSuite(process.execPath, [script, url], { env: { ...env, MODE: mode } })
  }
  await stop(node)
}

// The document tells what the scripts found.
const row = (d) => `| ${d.packages} | ${d.claim} | ${['hestia', 'anvil', 'hardhat'].map((name) => d[name] ?? 'yes').join(' | ')} |`
const document = readFileSync(new URL('../../docs/devnet.md', import.meta.url), 'utf8')
const missing = differences.map(row).filter((line) => !document.includes(line + '\n'))
if (missing.length > 0) {
  console.log(`\nFAIL  docs/devnet.md lacks these differences:\n${missing.join('\n')}`)
  process.exitCode = 1
}
