// The life of a token through web3.js. Run it against a devnet:
//
//   node web3.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { decodeRlp } from 'ethers'
import { Web3 } from 'web3'
import { TransactionFactory, signTransaction } from 'web3-eth-accounts'
import { alice, bob, chainId, check, diary, keeper, refuser, rpcURL, token } from './fixture.mjs'
import { verifyProof } from './proof.mjs'
import { SetCodeTransaction, signAuthorization } from './setcode.mjs'

const web3 = new Web3(rpcURL)
web3.eth.transactionPollingInterval = 50
web3.eth.accounts.wallet.add(alice.privateKey)
const from = alice.address
const same = (a, b) => assert.equal(a.toLowerCase(), b.toLowerCase())

let contract, deployment, transfer

await check('chain id is 31337', async () => {
  assert.equal(await web3.eth.getChainId(), BigInt(chainId))
})

await check('Contract.deploy deploys the token', ['deploy'], async () => {
  const draft = new web3.eth.Contract(token.abi).deploy({ data: token.creation })
  const gas = await draft.estimateGas({ from })
  contract = await draft.send({ from, gas: String(gas) }).on('receipt', (receipt) => { deployment = receipt })
  assert.equal(await web3.eth.getCode(contract.options.address), token.runtime)
})

await check('constructor arguments of fixed and of any size arrive', ['constructor'], async () => {
  const draft = new web3.eth.Contract(keeper.abi).deploy({ data: keeper.creation, arguments: keeper.arguments })
  const kept = await draft.send({ from, gas: String(await draft.estimateGas({ from })) })
  assert.equal(await web3.eth.getCode(kept.options.address), keeper.runtime)
  assert.equal(keeper.creation + (await web3.eth.call({ to: kept.options.address })).slice(2), draft.encodeABI())
})

await check('a program takes its arguments as standard input, writes a file, and says why it fails', ['program'], async () => {
  const draft = new web3.eth.Contract(diary.abi).deploy({ data: diary.creation, arguments: diary.arguments })
  const { options: { address: to } } = await draft.send({ from, gas: String(await draft.estimateGas({ from })) })
  assert.equal(await web3.eth.getCode(to), diary.runtime)
  const request = { from, to, data: diary.line }
  assert.equal(diary.creation + (await web3.eth.call(request)).slice(2), draft.encodeABI() + diary.line.slice(2))
  const gas = await web3.eth.estimateGas(request)
  const receipt = await web3.eth.sendTransaction({ ...request, gas: String(gas) })
  assert.deepEqual([receipt.status, receipt.gasUsed], [1n, gas])
  const error = await web3.eth.call({ from, to }).then(() => assert.fail('it did not fail'), (error) => error)
  assert.equal(error.cause?.message ?? error.message, `execution reverted: ${diary.reason}`)
})

await check('call reads it', ['call'], async () => {
  assert.equal(await contract.methods.name().call(), 'Hestia Token')
  assert.equal(await contract.methods.totalSupply().call(), token.supply)
})

await check('send moves the balance and decodes the event', ['write'], async () => {
  transfer = await contract.methods.transfer(bob.address, 1000n).send({ from })
  assert.equal(transfer.status, 1n)
  same(transfer.events.Transfer.returnValues.to ?? transfer.events.Transfer.returnValues[1], bob.address)
  assert.equal(await contract.methods.balanceOf(bob.address).call(), 1000n)
})

await check('getPastEvents and getPastLogs find it', ['logs'], async () => {
  const events = await contract.getPastEvents('Transfer', { fromBlock: transfer.blockNumber })
  assert.deepEqual(events.map((e) => e.transactionHash), [transfer.transactionHash])
  const logs = await web3.eth.getPastLogs({ address: contract.options.address, fromBlock: deployment.blockNumber })
  assert.equal(logs.length, 2)
})

await check('an estimate is exact to the unit', ['exact gas'], async () => {
  const method = contract.methods.transfer(bob.address, 1n)
  const gas = await method.estimateGas({ from })
  const receipt = await method.send({ from, gas: String(gas) })
  assert.equal(receipt.status, 1n)
  await method.call({ from, gas: String(gas) })
  await assert.rejects(method.call({ from, gas: String(gas - 1n) }), (error) => /out of gas/.test(error.cause?.message ?? error.message))
})

await check('subscriptions push heads, logs, pending transactions and nothing about syncing', ['subscriptions'], async () => {
  const socket = new Web3(rpcURL.replace(/^http/, 'ws'))
  const heard = {}
  const subscribe = async (name, options) => {
    const subscription = await socket.eth.subscribe(name, options)
    return new Promise((resolve) => subscription.on('data', (data) => { heard[name] ??= data; resolve() }))
  }
  const syncing = await socket.eth.subscribe('syncing')
  syncing.on('changed', () => { heard.syncing = true })
  const waiting = []
  for (const [name, options] of [['newHeads'], ['logs', { address: contract.options.address }], ['newPendingTransactions']]) {
    waiting.push(subscribe(name, options))
  }
  await socket.eth.getBlockNumber()
  await socket.eth.getBlockNumber()
  const receipt = await contract.methods.transfer(bob.address, 1n).send({ from })
  await Promise.all(waiting)
  assert.equal(heard.newHeads.number, receipt.blockNumber)
  assert.equal(heard.logs.transactionHash, receipt.transactionHash)
  assert.equal(heard.newPendingTransactions, receipt.transactionHash)
  assert.equal(heard.syncing, undefined)
  socket.currentProvider.disconnect()
})

await check('a proof holds against the header\'s state root', ['proof'], async () => {
  const block = await web3.eth.getBlock('latest')
  const slot = web3.utils.soliditySha3({ t: 'bytes32', v: web3.utils.padLeft(bob.address, 64) }, { t: 'uint256', v: 1 })
  const proof = await web3.eth.getProof(contract.options.address, [slot], block.number)
  verifyProof(block.stateRoot, { ...proof, address: contract.options.address }, { keccak256: (data) => web3.utils.keccak256(data), decodeRlp })
  assert.equal(BigInt(proof.storageProof[0].value), await contract.methods.balanceOf(bob.address).call())
})

await check('createAccessList and getFeeHistory answer', ['access list', 'fee history'], async () => {
  const data = contract.methods.transfer(bob.address, 1n).encodeABI()
  const { accessList } = await web3.eth.createAccessList({ from, to: contract.options.address, data })
  assert.equal(accessList[0].storageKeys.length, 2)
  const history = await web3.eth.getFeeHistory(2, 'latest', [50])
  assert.equal(history.baseFeePerGas.length, 3)
})

await check('a batch answers each of its calls', ['batch'], async () => {
  const batch = new web3.BatchRequest()
  const answers = [['eth_blockNumber', []], ['eth_getBalance', [alice.address, 'latest']]]
    .map(([method, params]) => batch.add({ jsonrpc: '2.0', method, params }))
  await batch.execute()
  for (const answer of await Promise.all(answers)) assert.match(String(answer), /^0x/)
})

await check('a call that reverts tells its reason', ['revert'], async () => {
  const error = await contract.methods.transfer(bob.address, token.supply + 1n).call({ from }).then(() => assert.fail('it did not fail'), (e) => e)
  assert.match(error.cause?.message ?? error.message, /insufficient balance/)
})

for (const [type, fields] of [[0, { gasPrice: '20000000000' }], [1, { gasPrice: '20000000000', accessList: [] }], [2, {}]]) {
  await check(`a transaction of type ${type} pays value`, [`type ${type}`], async () => {
    const before = await web3.eth.getBalance(bob.address)
    const receipt = await web3.eth.sendTransaction({ from, to: bob.address, value: '5', type, gas: '21000', ...fields })
    assert.deepEqual([receipt.type, receipt.status], [BigInt(type), 1n])
    assert.equal(await web3.eth.getBalance(bob.address), before + 5n)
  })
}

await check('a transaction of type 4 delegates an account to the token', ['type 4 (web3.js knows none: the suite registers the type with its transaction factory)'], async () => {
  TransactionFactory.registerTransactionType(4, SetCodeTransaction)
  const delegator = web3.eth.accounts.create()
  const to = contract.options.address
  const authorization = signAuthorization({ chainId, address: to, nonce: 0 }, delegator.privateKey)
  const gasPrice = await web3.eth.getGasPrice()
  const transaction = TransactionFactory.fromTxData({
    type: 4, chainId, nonce: await web3.eth.getTransactionCount(from), maxPriorityFeePerGas: 1n, maxFeePerGas: 2n * gasPrice,
    gasLimit: 100_000n, to: bob.address, value: 0n, data: '0x', accessList: [], authorizationList: [authorization]
  })
  const { rawTransaction, transactionHash } = await signTransaction(transaction, alice.privateKey)
  same(web3.eth.accounts.recoverTransaction(rawTransaction), from)
  const receipt = await web3.eth.sendSignedTransaction(rawTransaction)
  assert.deepEqual([receipt.type, receipt.status, receipt.transactionHash], [4n, 1n, transactionHash])
  assert.equal(await web3.eth.getCode(delegator.address), '0xef0100' + to.slice(2).toLowerCase())
})

await check('a contract that refuses is told by the name of its error', ['custom error'], async () => {
  await web3.requestManager.send({ method: 'anvil_setCode', params: [refuser.address, refuser.runtime] })
  assert.equal(await web3.requestManager.send({ method: 'hestia_addABI', params: [refuser.abi] }), 1)
  const { cause } = await new web3.eth.Contract(refuser.abi, refuser.address).methods.take(5).call({ from })
    .then(() => assert.fail('it did not fail'), (error) => error)
  assert.deepEqual([cause.errorName, cause.errorArgs.owner, cause.errorArgs.id], ['NotYours', bob.address, 5n])
  assert.equal(cause.message, refuser.message)
})

await check('the three kinds of filter tell what is new, once', ['filters'], async () => {
  const ask = (method, ...params) => web3.requestManager.send({ method, params })
  const filters = [
    await ask('eth_newFilter', { address: contract.options.address }), await ask('eth_newBlockFilter'), await ask('eth_newPendingTransactionFilter')
  ]
  const receipt = await contract.methods.transfer(bob.address, 1n).send({ from })
  const [logs, blocks, pending] = await Promise.all(filters.map((filter) => ask('eth_getFilterChanges', filter)))
  assert.deepEqual([logs.map((log) => log.transactionHash), blocks, pending],
    [[receipt.transactionHash], [receipt.blockHash], [receipt.transactionHash]])
  for (const filter of filters) assert.deepEqual([await ask('eth_getFilterChanges', filter), await ask('eth_uninstallFilter', filter)], [[], true])
})

await check('the node signs for its own accounts', async () => {
  const signature = await new Web3(rpcURL).eth.sign(web3.utils.utf8ToHex('hello'), alice.address)
  same(web3.eth.accounts.recover('hello', signature), alice.address)
})
process.exit(0) // open timers of web3 would keep it
