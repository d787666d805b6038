// Holds devnets to what viem's test client and hardhat-network-helpers document, through these packages, and to what is
// promised of methods that no package has: a built hestia, and with the same scripts anvil and Hardhat's own node.
//
//   node devnets.mjs path/to/hestia
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
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
  const run = (script, mode) =>
    runSuite(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), url], { env: { ...env, MODE: mode } })
  for (const mode of name === 'hardhat' ? ['hardhat'] : ['anvil', 'hardhat']) await run('testclient.mjs', mode)
  await run('controls.mjs')
  await stop(node)
}

// The document has the table of the differences; with UPDATE set it is written anew.
const row = (cells) => `| ${cells.join(' | ')} |\n`
const begin = '<!-- differences -->\n'
const end = '<!-- end of differences -->'
let table = row(['package', 'what is documented', 'Hestia', 'anvil', 'Hardhat']) + '|---|---|---|---|---|\n'
for (const d of differences) table += row([d.packages, d.claim, d.hestia ?? 'yes', d.anvil ?? 'yes', d.hardhat ?? 'yes'])
const document = new URL('../../docs/devnet.md', import.meta.url)
const text = readFileSync(document, 'utf8')
const written = text.slice(0, text.indexOf(begin) + begin.length) + table + text.slice(text.indexOf(end))
if (process.env.UPDATE) {
  writeFileSync(document, written)
} else if (written !== text) {
  console.log('\nFAIL  docs/devnet.md does not have the table of tests/clients/differences.mjs: make devnets UPDATE=1 writes it')
  process.exitCode = 1
}
