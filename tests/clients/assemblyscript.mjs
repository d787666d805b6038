// A contract in AssemblyScript from its source to a call: built by its compiler with one flag, deployed through ethers.
//
//   HESTIA=path/to/hestia node assemblyscript.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HDNodeWallet, JsonRpcProvider, toUtf8Bytes, toUtf8String } from 'ethers'
import { check, mnemonic, rpcURL } from './fixture.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hestia-assemblyscript-'))
const greeter = join(folder, 'greeter.wasm')
const provider = new JsonRpcProvider(rpcURL, undefined, { cacheTimeout: -1 })
provider.pollingInterval = 50 // ms
const signer = HDNodeWallet.fromPhrase(mnemonic).connect(provider)

let address
const call = async (name) => toUtf8String(await provider.call({ to: address, data: toUtf8Bytes(name) }))

await check('asc builds it with --use abort', async () => {
  execFileSync(process.execPath, [
    join(here, 'node_modules/assemblyscript/bin/asc.js'), 'greeter.ts', '-o', greeter, '--use', 'abort=greeter/abort'
  ], { cwd: join(here, 'assemblyscript'), stdio: ['ignore', 'ignore', 'inherit'] })
})

await check('the node takes it', async () => {
  const data = execFileSync(process.env.HESTIA, ['creation', greeter], { encoding: 'utf8' }).trim()
  const receipt = await (await signer.sendTransaction({ data })).wait()
  assert.equal(receipt.status, 1)
  address = receipt.contractAddress
})

await check('strings and globals are as its source says, in every call anew', async () => {
  assert.equal(await call('Bob'), 'Salve, Bob! 3')
  assert.equal(await call('Vesta!'), 'Hello, Vesta!! 3')
  assert.equal(await call('Bob'), 'Salve, Bob! 3')
})

await check('a throw reverts with its message', async () => {
  const error = await provider.call({ to: address, data: '0x' }).then(() => assert.fail('it did not fail'), (error) => error)
  assert.equal(toUtf8String(error.data), 'nobody to greet')
})

rmSync(folder, { recursive: true })
provider.destroy()
