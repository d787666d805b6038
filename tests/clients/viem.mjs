// The life of a token through viem: deploy, call, write, logs, filters, subscriptions, a proof held against the header, gas to
// the unit, access list, fee history, batch, reverts, and every type of transaction. Run it against a devnet:
//
//   node viem.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import {
  BaseError, ContractFunctionRevertedError, createPublicClient, createTestClient, createWalletClient, encodeAbiParameters,
  encodeFunctionData,
  encodePacked, fromRlp, http, keccak256, pad, parseEther, toHex, verifyTypedData, webSocket,
  zeroAddress
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { hardhat } from 'viem/chains'
import { alice, bob, chainId, check, diary, keeper, refuser, rpcURL, token } from './fixture.mjs'
import { verifyProof } from './proof.mjs'

const chain = { ...hardhat, rpcUrls: { default: { http: [rpcURL] } } }
const transport = http(rpcURL)
const reader = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 })
const account = privateKeyToAccount(alice.privateKey)
const wallet = createWalletClient({ account, chain, transport })

let address, deployment, transfer
const read = (functionName, args = []) => reader.readContract({ address, abi: token.abi, functionName, args })
const write = (functionName, args, options = {}) => wallet.writeContract({ address, abi: token.abi, functionName, args, ...options })
const mined = (hash) => reader.waitForTransactionReceipt({ hash })

await check('chain id is 31337', async () => {
  assert.equal(await reader.getChainId(), chainId)
})

await check('deployContract deploys the token', ['deploy'], async () => {
  deployment = await mined(await wallet.deployContract({ abi: token.abi, bytecode: token.creation }))
  assert.equal(deployment.status, 'success')
  address = deployment.contractAddress
  assert.equal(await reader.getCode({ address }), token.runtime)
})

await check('readContract reads it', ['call'], async () => {
  assert.equal(await read('name'), 'Hestia Token')
  assert.equal(await read('decimals'), 18)
  assert.equal(await read('totalSupply'), token.supply)
})

await check('simulateContract and writeContract move the balance', ['write'], async () => {
  const { request, result } = await reader.simulateContract({ account, address, abi: token.abi, functionName: 'transfer', args: [bob.address, 1000n] })
  assert.equal(result, true)
  transfer = await mined(await wallet.writeContract(request))
  assert.equal(transfer.status, 'success')
  assert.equal(await read('balanceOf', [bob.address]), 1000n)
})

await check('getContractEvents finds the Transfer event', ['logs'], async () => {
  const events = await reader.getContractEvents({ address, abi: token.abi, eventName: 'Transfer', args: { to: bob.address }, fromBlock: deployment.blockNumber })
  assert.deepEqual(events.map((e) => [e.transactionHash, Object.values(e.args)]), [[transfer.transactionHash, [alice.address, bob.address, 1000n]]])
})

await check('the three kinds of filter tell what is new, once', ['filters'], async () => {
  const filters = [
    await reader.createContractEventFilter({ address, abi: token.abi, eventName: 'Transfer' }),
    await reader.createBlockFilter(), await reader.createPendingTransactionFilter()
  ]
  const hash = await write('transfer', [bob.address, 1n])
  const { blockHash } = await mined(hash)
  const [events, blocks, pending] = await Promise.all(filters.map((filter) => reader.getFilterChanges({ filter })))
  assert.deepEqual([events.map((e) => e.transactionHash), blocks, pending], [[hash], [blockHash], [hash]])
  for (const filter of filters) {
    assert.deepEqual(await reader.getFilterChanges({ filter }), [])
    assert.equal(await reader.uninstallFilter({ filter }), true)
  }
})

await check('a WebSocket pushes heads, logs and pending transactions', ['subscriptions'], async () => {
  const socket = createPublicClient({ chain, transport: webSocket(rpcURL.replace(/^http/, 'ws')) })
  const heard = {}
  const first = (name, watch) => new Promise((resolve, reject) => watch((value) => { heard[name] = value; resolve() }, reject))
  const all = Promise.all([
    first('head', (onBlock, onError) => socket.watchBlocks({ onBlock, onError })),
    first('logs', (onLogs, onError) => socket.watchContractEvent({ address, abi: token.abi, onLogs, onError })),
    first('pending', (onTransactions, onError) => socket.watchPendingTransactions({ onTransactions, onError }))
  ])
  await socket.getBlockNumber() // answered after the subscriptions
  const hash = await write('transfer', [bob.address, 1n])
  const { blockNumber } = await mined(hash)
  await all
  assert.deepEqual([heard.head.number, heard.logs[0].transactionHash, heard.pending[0]], [blockNumber, hash, hash])
  const rpc = await socket.transport.getRpcClient()
  rpc.close()
})

await check('a proof holds against the header\'s state root', ['proof'], async () => {
  const slot = keccak256(encodePacked(['bytes32', 'uint256'], [pad(bob.address), 1n]))
  const block = await reader.getBlock()
  const proof = await reader.getProof({ address, storageKeys: [slot, '0x0', toHex(99, { size: 32 })], blockNumber: block.number })
  assert.equal(proof.storageProof[0].value, await read('balanceOf', [bob.address]))
  verifyProof(block.stateRoot, proof, { keccak256, decodeRlp: fromRlp })
})

await check('an estimate is exact to the unit', ['exact gas'], async () => {
  const data = encodeFunctionData({ abi: token.abi, functionName: 'transfer', args: [bob.address, 5n] })
  const gas = await reader.estimateGas({ account, to: address, data })
  await reader.call({ account, to: address, data, gas })
  await assert.rejects(reader.call({ account, to: address, data, gas: gas - 1n }), /out of gas/)
  assert.equal((await mined(await wallet.sendTransaction({ to: address, data, gas }))).status, 'success')
})

await check('createAccessList names what a transfer touches', ['access list'], async () => {
  const data = encodeFunctionData({ abi: token.abi, functionName: 'transfer', args: [bob.address, 5n] })
  const { accessList, gasUsed } = await reader.createAccessList({ account, to: address, data })
  assert.deepEqual(accessList.map((entry) => [entry.address, entry.storageKeys.length]), [[address.toLowerCase(), 2]])
  const receipt = await mined(await wallet.sendTransaction({ to: address, data, accessList }))
  assert.equal(receipt.gasUsed, gasUsed)
})

await check('getFeeHistory agrees with the blocks', ['fee history'], async () => {
  const history = await reader.getFeeHistory({ blockCount: 3, rewardPercentiles: [10, 90] })
  assert.deepEqual([history.baseFeePerGas.length, history.gasUsedRatio.length, history.reward.length], [4, 3, 3])
  const block = await reader.getBlock({ blockNumber: history.oldestBlock })
  assert.equal(history.baseFeePerGas[0], block.baseFeePerGas)
})

await check('a batch answers each of its calls', ['batch'], async () => {
  const batching = createPublicClient({ chain, transport: http(rpcURL, { batch: true }) })
  const [number, balance, code] = await Promise.all([
    batching.getBlockNumber({ cacheTime: 0 }), batching.getBalance({ address: zeroAddress }), batching.getCode({ address })
  ])
  assert.ok(number > 0n && balance >= 0n && code === token.runtime)
})

await check('simulateBlocks runs calls that nobody signed', async () => {
  const [block] = await reader.simulateBlocks({
    blocks: [{ calls: [{ account: bob.address, to: address, abi: token.abi, functionName: 'transfer', args: [alice.address, 1n] }] }]
  })
  assert.deepEqual([block.calls[0].status, block.calls[0].result, block.calls[0].logs.length], ['success', true, 1])
})

await check('state overrides change a call alone', async () => {
  const stateDiff = [{ slot: toHex(0, { size: 32 }), value: toHex(7, { size: 32 }) }]
  const data = encodeFunctionData({ abi: token.abi, functionName: 'totalSupply' })
  const { data: seven } = await reader.call({ to: address, data, stateOverride: [{ address, stateDiff }] })
  assert.equal(BigInt(seven), 7n)
  assert.equal(await read('totalSupply'), token.supply)
})

await check('a call that reverts tells its reason', ['revert'], async () => {
  const error = await reader.simulateContract({ account: bob.address, address, abi: token.abi, functionName: 'transfer', args: [alice.address, token.supply] })
    .then(() => assert.fail('it did not fail'), (error) => error)
  assert.ok(error instanceof BaseError)
  assert.equal(error.walk((e) => e instanceof ContractFunctionRevertedError).reason, 'insufficient balance')
})

await check('a mined revert has its receipt', async () => {
  const receipt = await mined(await write('transfer', [bob.address, token.supply + 1n], { gas: 1_000_000n }))
  assert.deepEqual([receipt.status, receipt.logs.length], ['reverted', 0])
})

for (const [number, type, fields] of [[0, 'legacy', {}], [1, 'eip2930', { accessList: [] }], [2, 'eip1559', {}]]) {
  await check(`a transaction of type ${type} pays value`, [`type ${number}`], async () => {
    const before = await reader.getBalance({ address: bob.address })
    const receipt = await mined(await wallet.sendTransaction({ type, to: bob.address, value: 5n, ...fields }))
    assert.deepEqual([receipt.type, receipt.status, receipt.gasUsed], [type, 'success', 21000n])
    assert.equal(await reader.getBalance({ address: bob.address }), before + 5n)
  })
}

await check('a transaction of type eip7702 delegates an account to the token', ['type 4'], async () => {
  const delegator = privateKeyToAccount(keccak256(toHex('delegator ' + address)))
  const authorization = await createWalletClient({ account: delegator, chain, transport }).signAuthorization({ contractAddress: address })
  const receipt = await mined(await wallet.sendTransaction({ type: 'eip7702', to: bob.address, authorizationList: [authorization] }))
  assert.deepEqual([receipt.type, receipt.status], ['eip7702', 'success'])
  assert.equal(await reader.getCode({ address: delegator.address }), '0xef0100' + address.slice(2).toLowerCase())
  assert.equal(await reader.readContract({ address: delegator.address, abi: token.abi, functionName: 'decimals' }), 18)
})

await check('a contract that refuses is told by the name of its error', ['custom error'], async () => {
  await reader.request({ method: 'anvil_setCode', params: [refuser.address, refuser.runtime] })
  assert.equal(await reader.request({ method: 'hestia_addABI', params: [refuser.abi] }), 1)
  const error = await reader.simulateContract({ account, address: refuser.address, abi: refuser.abi, functionName: 'take', args: [5n] })
    .then(() => assert.fail('it did not fail'), (error) => error)
  const { errorName, args } = error.walk((e) => e instanceof ContractFunctionRevertedError).data
  assert.deepEqual([errorName, ...args], ['NotYours', bob.address, 5n])
  assert.equal(error.walk((e) => e.code === 3).details, refuser.message)
})

await check('the test client of anvil mines', async () => {
  const test = createTestClient({ mode: 'anvil', chain, transport })
  const before = await reader.getBlockNumber()
  await test.mine({ blocks: 2 })
  assert.equal(await reader.getBlockNumber(), before + 2n)
  await test.setBalance({ address: zeroAddress, value: parseEther('1') })
  assert.equal(await reader.getBalance({ address: zeroAddress }), parseEther('1'))
})

await check('debug_traceTransaction of the call tracer is typed as viem expects', async () => {
  const frame = await reader.request({ method: 'debug_traceTransaction', params: [transfer.transactionHash, { tracer: 'callTracer' }] })
  assert.deepEqual([frame.type, frame.to, BigInt(frame.gasUsed)], ['CALL', address.toLowerCase(), transfer.gasUsed])
})

await check('constructor arguments of fixed and of any size arrive', ['constructor'], async () => {
  const { contractAddress } = await mined(await wallet.deployContract({ abi: keeper.abi, bytecode: keeper.creation, args: keeper.arguments }))
  assert.equal(await reader.getCode({ address: contractAddress }), keeper.runtime)
  const { data } = await reader.call({ to: contractAddress })
  assert.equal(data, encodeAbiParameters(keeper.abi[0].inputs, keeper.arguments))
})

await check('a program takes its arguments as standard input, writes a file, and says why it fails', ['program'], async () => {
  const { contractAddress: to } = await mined(await wallet.deployContract({ abi: diary.abi, bytecode: diary.creation, args: diary.arguments }))
  assert.equal(await reader.getCode({ address: to }), diary.runtime)
  const { data } = await reader.call({ account, to, data: diary.line })
  assert.equal(data, encodeAbiParameters(diary.abi[0].inputs, diary.arguments) + diary.line.slice(2))
  const gas = await reader.estimateGas({ account, to, data: diary.line })
  const receipt = await mined(await wallet.sendTransaction({ to, data: diary.line, gas }))
  assert.deepEqual([receipt.status, receipt.gasUsed], ['success', gas])
  const error = await reader.call({ account, to }).then(() => assert.fail('it did not fail'), (error) => error)
  assert.equal(error.walk((e) => e.code === 3).details, `execution reverted: ${diary.reason}`)
})

await check('an account of the node signs typed data', async () => {
  const message = {
    domain: { name: 'Hestia', version: '1', chainId, verifyingContract: address },
    types: { Person: [{ name: 'name', type: 'string' }, { name: 'wallet', type: 'address' }] },
    primaryType: 'Person',
    message: { name: 'Alice', wallet: alice.address }
  }
  const signature = await createWalletClient({ account: alice.address, chain, transport }).signTypedData(message)
  assert.ok(await verifyTypedData({ address: alice.address, signature, ...message }))
})

await check('anvil_setChainId makes clients of the new id work, and refuses those of the old', async () => {
  const set = (id) => reader.request({ method: 'anvil_setChainId', params: [id] })
  await set(4242)
  const other = { ...chain, id: 4242 }
  assert.equal(await reader.getChainId(), 4242)
  await assert.rejects(write('transfer', [bob.address, 1n]), /does not match/)
  const late = await account.signTransaction({ chainId, to: bob.address, gas: 21000n, nonce: 1000, maxFeePerGas: 1n, maxPriorityFeePerGas: 0n })
  await assert.rejects(reader.sendRawTransaction({ serializedTransaction: late }), /invalid chain id for signer/)
  const hash = await createWalletClient({ account, chain: other, transport }).sendTransaction({ to: bob.address, value: 1n })
  assert.equal((await mined(hash)).status, 'success')
  assert.equal((await reader.getTransaction({ hash })).chainId, 4242)
  assert.equal((await reader.getTransaction({ hash: transfer.transactionHash })).chainId, chainId)
  await set(chainId)
  assert.equal((await mined(await write('transfer', [bob.address, 1n]))).status, 'success')
})
