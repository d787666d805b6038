// What Otterscan asks of a node, as its pages do: through ethers, with blocks as JSON numbers. Run it after another suite:
//
//   node otterscan.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { ContractFactory, HDNodeWallet, JsonRpcProvider } from 'ethers'
import { alice, bob, check, mnemonic, rpcURL, token } from './fixture.mjs'

const provider = new JsonRpcProvider(rpcURL, undefined, { cacheTimeout: -1 })
provider.pollingInterval = 50 // ms
const signer = HDNodeWallet.fromPhrase(mnemonic).connect(provider)

const contract = await new ContractFactory(token.abi, token.creation, signer).deploy()
const deployment = await contract.deploymentTransaction().wait()
const payment = await (await signer.sendTransaction({ to: bob.address, value: 1n })).wait()
const refused = await signer.sendTransaction({ to: contract.target, data: '0x12345678', gasLimit: 100_000n })
await provider.waitForTransaction(refused.hash)

await check('Otterscan takes the node for one it knows', async () => {
  assert.ok(await provider.send('ots_getApiLevel', []) >= 8)
  assert.equal(BigInt((await provider.send('erigon_getHeaderByNumber', [1])).number), 1n)
})

await check('the page of a block', async () => {
  const details = await provider.send('ots_getBlockDetails', [payment.blockNumber])
  assert.equal(details.block.hash, payment.blockHash)
  assert.equal(BigInt(details.totalFees), payment.fee)
  assert.deepEqual(await provider.send('ots_getBlockDetailsByHash', [payment.blockHash]), details)
  const page = await provider.send('ots_getBlockTransactions', [payment.blockNumber, 0, 25])
  assert.deepEqual(page.fullblock.transactions.map((tx) => tx.hash), [payment.hash])
  const beyond = await provider.send('ots_getBlockTransactions', [payment.blockNumber, 300, 25])
  assert.deepEqual(beyond.fullblock.transactions, [])
})

await check('the page of an address', async () => {
  assert.equal(await provider.send('ots_hasCode', [contract.target, 'latest']), true)
  assert.equal(await provider.send('ots_hasCode', [contract.target, deployment.blockNumber - 1]), false)
  assert.equal((await provider.send('ots_getContractCreator', [contract.target])).hash, deployment.hash)
  const newest = await provider.send('ots_searchTransactionsBefore', [bob.address, 0, 25])
  assert.equal(newest.firstPage, true)
  assert.equal(newest.txs[0].hash, payment.hash)
  const older = await provider.send('ots_searchTransactionsBefore', [contract.target, deployment.blockNumber, 25])
  assert.deepEqual(older.txs, [])
  const later = await provider.send('ots_searchTransactionsAfter', [contract.target, deployment.blockNumber - 1, 25])
  assert.deepEqual(later.txs.map((tx) => tx.hash), [refused.hash, deployment.hash])
})

await check('the page of a transaction', async () => {
  const nonce = payment.from === alice.address ? (await payment.getTransaction()).nonce : undefined
  assert.equal(await provider.send('ots_getTransactionBySenderAndNonce', [alice.address, nonce]), payment.hash)
  assert.deepEqual(await provider.send('ots_getInternalOperations', [payment.hash]), [])
  const [frame] = await provider.send('ots_traceTransaction', [refused.hash])
  assert.equal(frame.to.toLowerCase(), contract.target.toLowerCase())
  assert.notEqual(await provider.send('ots_getTransactionError', [refused.hash]), '0x')
})

provider.destroy()
