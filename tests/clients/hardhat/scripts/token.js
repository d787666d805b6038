// The life of a token in a Hardhat project: deployed, called and written to through Hardhat's own clients.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { network } from 'hardhat'
import { encodeAbiParameters } from 'viem'

const contracts = new URL('../../../../contracts/token/', import.meta.url)
const abi = JSON.parse(readFileSync(new URL('token.abi.json', contracts), 'utf8'))
const bytecode = '0x' + readFileSync(new URL('token_deploy.wasm', contracts)).toString('hex')

const { viem, provider } = await network.create()
const reader = await viem.getPublicClient()
const [alice, bob] = await viem.getWalletClients()
const mined = (hash) => reader.waitForTransactionReceipt({ hash, pollingInterval: 50 })
const say = (claim) => console.log(`ok    ${claim}`)

assert.equal(await provider.request({ method: 'eth_chainId' }), '0x7a69')
say('network.create reaches the devnet')

const { contractAddress } = await mined(await alice.deployContract({ abi, bytecode }))
say('a wallet of the node deploys the token')

const keeperABI = JSON.parse(readFileSync(new URL('../../keeper.abi.json', import.meta.url), 'utf8'))
const keeper = '0x' + readFileSync(new URL('../../keeper_deploy.wasm', import.meta.url)).toString('hex')
const words = [42n, 'this text is longer than a word of the ABI']
const kept = await mined(await alice.deployContract({ abi: keeperABI, bytecode: keeper, args: words }))
const { data } = await reader.call({ to: kept.contractAddress })
assert.equal(data, encodeAbiParameters(keeperABI[0].inputs, words))
say('a constructor gets its arguments')

const read = (functionName, args = []) => reader.readContract({ address: contractAddress, abi, functionName, args })
const receipt = await mined(await alice.writeContract({ address: contractAddress, abi, functionName: 'transfer', args: [bob.account.address, 25n] }))
assert.deepEqual([receipt.status, receipt.logs.length, await read('balanceOf', [bob.account.address])], ['success', 1, 25n])
say('a write moves the balance and logs it')

await assert.rejects(
  bob.writeContract({ address: contractAddress, abi, functionName: 'transfer', args: [alice.account.address, 26n] }), /insufficient balance/)
say('a write that reverts tells its reason')

const before = await reader.getBlockNumber()
await provider.request({ method: 'hardhat_mine', params: ['0x3'] })
assert.equal(await reader.getBlockNumber({ cacheTime: 0 }), before + 3n)
say('hardhat_mine mines')

const snapshot = await provider.request({ method: 'evm_snapshot' })
await mined(await alice.writeContract({ address: contractAddress, abi, functionName: 'transfer', args: [bob.account.address, 1n] }))
assert.equal(await provider.request({ method: 'evm_revert', params: [snapshot] }), true)
assert.equal(await read('balanceOf', [bob.account.address]), 25n)
say('evm_snapshot and evm_revert take it back')
