// Writes the runtime bytecode of a Solidity contract in hexadecimal: node compile.mjs MODULES NAME, where npm has put solc
// into MODULES.
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [modules, name] = process.argv.slice(2)
const solc = createRequire(resolve(modules, 'x.js'))('solc')
const here = dirname(fileURLToPath(import.meta.url))
const out = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity',
  sources: { [name]: { content: readFileSync(`${here}/${name}.sol`, 'utf8') } },
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 1000000 },
    metadata: { appendCBOR: false },
    outputSelection: { '*': { '*': ['evm.deployedBytecode.object'] } },
  },
})))
const errors = (out.errors ?? []).filter((e) => e.severity === 'error')
if (errors.length) {
  console.error(errors.map((e) => e.formattedMessage).join('\n'))
  process.exit(1)
}
writeFileSync(`${here}/${name}.bin`, out.contracts[name][name].evm.deployedBytecode.object + '\n')
