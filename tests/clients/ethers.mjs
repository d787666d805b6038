// The life of a token through ethers: deploy, transfer, logs, reverts, every
// type of transaction, and the WebSocket. Run it against a fresh devnet:
//
//   node ethers.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import {
  AbiCoder, Contract, ContractFactory, HDNodeWallet, Interface, JsonRpcProvider, Wallet, WebSocketProvider, decodeRlp,
  getCreate2Address, getCreateAddress, isError, keccak256, parseEther, toQuantity, toUtf8Bytes, verifyTypedData, zeroPadValue
} from 'ethers'
import { alice, bob, chainId, check, diary, factory, keeper, mnemonic, refuser, rpcURL, token } from './fixture.mjs'
import { verifyProof } from './proof.mjs'

const provider = new JsonRpcProvider(rpcURL, undefined, { cacheTimeout: -1 })
provider.pollingInterval = 50 // ms
const signer = HDNodeWallet.fromPhrase(mnemonic).connect(provider)

let contract, deployment, transfer

// The CALL_EXCEPTION that body must fail with.
async function callException (body) {
  const error = await body().then(() => assert.fail('it did not fail'), (error) => error)
  assert.ok(isError(error, 'CALL_EXCEPTION'), String(error))
  return error
}

await check('chain id is 31337', async () => {
  assert.equal((await provider.getNetwork()).chainId, BigInt(chainId))
})

await check('account 0 of the test mnemonic is funded', async () => {
  assert.equal(signer.address, alice.address)
  assert.ok(await provider.getBalance(signer.address) >= parseEther('100'))
})

await check('fee data has a base fee and a tip', async () => {
  const fees = await provider.getFeeData()
  assert.ok(fees.gasPrice > 0n && fees.maxFeePerGas > 0n && fees.maxPriorityFeePerGas >= 0n)
})

await check('ContractFactory deploys the token', ['deploy'], async () => {
  const nonce = await signer.getNonce()
  const deployed = await new ContractFactory(token.abi, token.creation, signer).deploy()
  deployment = await deployed.deploymentTransaction().wait()
  contract = new Contract(deployment.contractAddress, token.abi, signer)
  assert.equal(deployment.status, 1)
  assert.equal(deployment.to, null)
  assert.equal(deployment.contractAddress, getCreateAddress({ from: signer.address, nonce }))
  assert.equal(deployment.contractAddress, await deployed.getAddress())
})

await check('eth_getCode returns the runtime as it was deployed', async () => {
  assert.equal(await provider.getCode(contract), token.runtime)
})

await check('the constructor emitted Transfer of the supply to the deployer', async () => {
  assert.equal(deployment.logs.length, 1)
  const { name, args } = contract.interface.parseLog(deployment.logs[0])
  assert.equal(name, 'Transfer')
  assert.deepEqual([...args], ['0x' + '0'.repeat(40), alice.address, token.supply])
})

await check('view functions answer as a Solidity token does', ['call'], async () => {
  assert.equal(await contract.name(), 'Hestia Token')
  assert.equal(await contract.symbol(), 'HST')
  assert.equal(await contract.decimals(), 18n)
  assert.equal(await contract.totalSupply(), token.supply)
  assert.equal(await contract.balanceOf(alice.address), token.supply)
})

await check('transfer is mined and moves the balance', ['write'], async () => {
  transfer = await (await contract.transfer(bob.address, 1000n)).wait()
  assert.equal(transfer.status, 1)
  assert.equal(await contract.balanceOf(bob.address), 1000n)
  assert.equal(await contract.balanceOf(alice.address), token.supply - 1000n)
})

await check('queryFilter and getLogs find the Transfer event', ['logs'], async () => {
  const found = await contract.queryFilter(contract.filters.Transfer(alice.address, bob.address), deployment.blockNumber)
  assert.equal(found.length, 1)
  assert.deepEqual([...found[0].args], [alice.address, bob.address, 1000n])
  assert.equal(found[0].transactionHash, transfer.hash)
  const raw = await provider.getLogs({ address: contract.target, blockHash: transfer.blockHash })
  assert.deepEqual(raw.map((log) => [log.index, log.data]), [[0, '0x' + (1000).toString(16).padStart(64, '0')]])
})

await check('getBlock holds the transaction and follows its parent', async () => {
  const block = await provider.getBlock(transfer.blockNumber, true)
  assert.equal(block.hash, transfer.blockHash)
  assert.ok(block.transactions.includes(transfer.hash))
  assert.equal(block.getPrefetchedTransaction(transfer.hash).from, alice.address)
  assert.equal(block.gasUsed, transfer.gasUsed)
  const parent = await provider.getBlock(block.number - 1)
  assert.equal(block.parentHash, parent.hash)
  assert.ok(block.timestamp >= parent.timestamp)
})

await check('estimateGas is enough and not far above what is used', async () => {
  const estimate = await contract.transfer.estimateGas(bob.address, 1n)
  const receipt = await (await contract.transfer(bob.address, 1n, { gasLimit: estimate })).wait()
  assert.equal(receipt.status, 1)
  assert.ok(receipt.gasUsed <= estimate && estimate <= receipt.gasUsed * 3n / 2n, `${receipt.gasUsed} of ${estimate}`)
})

for (const type of [0, 1, 2]) {
  await check(`a transaction of type ${type} pays value and exact fees`, [`type ${type}`], async () => {
    const before = [await provider.getBalance(alice.address), await provider.getBalance(bob.address)]
    const accessList = type === 0 ? undefined : []
    const sent = await signer.sendTransaction({ type, to: bob.address, value: 5n, accessList })
    const receipt = await sent.wait()
    assert.deepEqual([receipt.type, receipt.status, receipt.gasUsed, receipt.logs.length], [type, 1, 21000n, 0])
    assert.equal((await provider.getTransaction(sent.hash)).type, type)
    assert.equal(await provider.getBalance(bob.address), before[1] + 5n)
    assert.equal(await provider.getBalance(alice.address), before[0] - 5n - receipt.gasUsed * receipt.gasPrice)
  })
}

await check('a call that reverts tells its reason', ['revert'], async () => {
  const error = await callException(() => contract.transfer.staticCall(bob.address, token.supply + 1n))
  assert.equal(error.reason, 'insufficient balance')
})

await check('estimateGas of a call that reverts tells its reason', async () => {
  const error = await callException(() => contract.transferFrom(bob.address, alice.address, 1n))
  assert.equal(error.reason, 'insufficient allowance')
})

await check('a mined revert has status 0, no logs, and changes no balance', async () => {
  const before = await contract.balanceOf(bob.address)
  const sent = await contract.transfer(bob.address, token.supply + 1n, { gasLimit: 1_000_000n })
  const { receipt } = await callException(() => sent.wait())
  assert.deepEqual([receipt.status, receipt.logs.length], [0, 0])
  assert.ok(receipt.gasUsed < 1_000_000n)
  assert.equal(await contract.balanceOf(bob.address), before)
})

await check('a transaction of type 4 delegates an account to the token', ['type 4'], async () => {
  const delegator = new Wallet(keccak256(toUtf8Bytes('delegator ' + contract.target)), provider)
  const authorization = await delegator.authorize({ address: contract.target, nonce: 0, chainId })
  const receipt = await (await signer.sendTransaction({ type: 4, to: bob.address, authorizationList: [authorization] })).wait()
  assert.deepEqual([receipt.type, receipt.status], [4, 1])
  assert.equal(await provider.getCode(delegator.address), '0xef0100' + contract.target.slice(2).toLowerCase())
})

await check('an estimate is exact to the unit', ['exact gas'], async () => {
  const request = { from: alice.address, to: contract.target, data: contract.interface.encodeFunctionData('transfer', [bob.address, 3n]) }
  const gasLimit = await provider.estimateGas(request)
  await provider.call({ ...request, gasLimit })
  const { info } = await callException(() => provider.call({ ...request, gasLimit: gasLimit - 1n }))
  assert.match(info.error.message, /out of gas/)
})

await check("a proof holds against the header's state root", ['proof'], async () => {
  const block = await provider.getBlock('latest')
  const slot = keccak256(AbiCoder.defaultAbiCoder().encode(['address', 'uint256'], [bob.address, 1]))
  const proof = await provider.send('eth_getProof', [contract.target, [slot, '0x0'], toQuantity(block.number)])
  verifyProof(block.stateRoot, proof, { keccak256, decodeRlp })
  assert.equal(BigInt(proof.storageProof[0].value), await contract.balanceOf(bob.address))
})

await check('a contract that refuses is told by the name of its error', ['custom error'], async () => {
  await provider.send('anvil_setCode', [refuser.address, refuser.runtime])
  assert.equal(await provider.send('hestia_addABI', [refuser.abi]), 1)
  const refusing = new Contract(refuser.address, refuser.abi, signer)
  const { revert } = await callException(() => refusing.take.staticCall(5n))
  assert.deepEqual([revert.name, ...revert.args], ['NotYours', bob.address, 5n])
  const { info } = await callException(async () => provider.call(await refusing.take.populateTransaction(5n)))
  assert.equal(info.error.message, refuser.message)
})

await check('access list and fee history answer as the specification says', ['access list', 'fee history'], async () => {
  const request = { from: alice.address, to: contract.target, data: contract.interface.encodeFunctionData('transfer', [bob.address, 3n]) }
  const { accessList } = await provider.send('eth_createAccessList', [request, 'latest'])
  assert.deepEqual(accessList.map((entry) => entry.storageKeys.length), [2])
  const history = await provider.send('eth_feeHistory', ['0x2', 'latest', [50]])
  assert.equal(history.baseFeePerGas.length, 3)
})

await check('the three kinds of filter tell what is new, once', ['filters'], async () => {
  const filters = [
    await provider.send('eth_newFilter', [{ address: contract.target }]), await provider.send('eth_newBlockFilter', []),
    await provider.send('eth_newPendingTransactionFilter', [])
  ]
  const receipt = await (await contract.transfer(bob.address, 1n)).wait()
  const ask = () => Promise.all(filters.map((filter) => provider.send('eth_getFilterChanges', [filter])))
  const [logs, blocks, pending] = await ask()
  assert.deepEqual([logs.map((log) => log.transactionHash), blocks, pending], [[receipt.hash], [receipt.blockHash], [receipt.hash]])
  assert.deepEqual(await ask(), [[], [], []])
})

await check('a batch answers each of its calls in one request', ['batch'], async () => {
  const batch = new JsonRpcProvider(rpcURL, chainId, { staticNetwork: true, batchStallTime: 20, cacheTimeout: -1 })
  let requests = 0
  batch.on('debug', ({ action, payload }) => { if (action === 'sendRpcPayload' && Array.isArray(payload)) requests = payload.length })
  const [number, code, failure] = await Promise.all([
    batch.getBlockNumber(), batch.getCode(contract.target), batch.send('eth_nothing', []).catch((error) => error)
  ])
  batch.destroy()
  assert.deepEqual([requests, code], [3, token.runtime])
  assert.ok(number > 0 && failure instanceof Error)
})

await check('WebSocket pushes logs and pending transactions', ['subscriptions'], async () => {
  const socket = new WebSocketProvider(rpcURL.replace(/^http/, 'ws'))
  try {
    const heard = {}
    const first = (name, event) => new Promise((resolve, reject) =>
      socket.on(event, (value) => { heard[name] = value; resolve() }).catch(reject))
    const all = Promise.all([first('log', { address: contract.target }), first('pending', 'pending')])
    await socket.getBlockNumber()
    const receipt = await (await contract.transfer(bob.address, 1n)).wait()
    await all
    assert.deepEqual([heard.log.transactionHash, heard.pending], [receipt.hash, receipt.hash])
  } finally {
    await socket.destroy()
  }
})

await check('WebSocket answers at the same port and tells of new blocks', async () => {
  const socket = new WebSocketProvider(rpcURL.replace(/^http/, 'ws'))
  try {
    assert.equal(await socket.getBlockNumber(), await provider.getBlockNumber())
    const heard = new Promise((resolve, reject) => socket.on('block', resolve).catch(reject))
    // ethers subscribes behind the scenes; an answer to a later request means it is done.
    await socket.getBlockNumber()
    const receipt = await (await contract.transfer(bob.address, 1n)).wait()
    assert.equal(await heard, receipt.blockNumber)
  } finally {
    await socket.destroy()
  }
})

await check('constructor arguments of fixed and of any size arrive', ['constructor'], async () => {
  const kept = await new ContractFactory(keeper.abi, keeper.creation, signer).deploy(...keeper.arguments)
  await kept.waitForDeployment()
  assert.equal(await provider.getCode(kept), keeper.runtime)
  assert.equal(await provider.call({ to: kept }), kept.interface.encodeDeploy(keeper.arguments))
})

await check('a program takes its arguments as standard input, writes a file, and says why it fails', ['program'], async () => {
  const deployed = await new ContractFactory(diary.abi, diary.creation, signer).deploy(...diary.arguments)
  await deployed.waitForDeployment()
  const to = await deployed.getAddress()
  assert.equal(await provider.getCode(to), diary.runtime)
  const request = { from: alice.address, to, data: diary.line }
  assert.equal(await provider.call(request), deployed.interface.encodeDeploy(diary.arguments) + diary.line.slice(2))
  const gasLimit = await provider.estimateGas(request)
  const receipt = await (await signer.sendTransaction({ ...request, gasLimit })).wait()
  assert.deepEqual([receipt.status, receipt.gasUsed], [1, gasLimit])
  assert.equal((await callException(() => provider.estimateGas({ to }))).reason, diary.reason)
})

await check('a contract creates contracts with arguments by create and create2', async () => {
  const to = '0x000000000000000000000000000000000000fac0'
  await provider.send('anvil_setCode', [to, factory])
  await provider.send('anvil_setNonce', [to, '0x1'])
  const data = keeper.creation + new Interface(keeper.abi).encodeDeploy(keeper.arguments).slice(2)
  const salt = zeroPadValue('0x07', 32)
  for (const [first, address] of [['0x00', getCreateAddress({ from: to, nonce: 1 })], ['0x07', getCreate2Address(to, salt, keccak256(data))]]) {
    const input = first + data.slice(2)
    assert.equal(await provider.call({ to, data: input }), zeroPadValue(address.toLowerCase(), 32))
    await (await signer.sendTransaction({ to, data: input })).wait()
    assert.equal(await provider.getCode(address), keeper.runtime)
    assert.equal(await provider.call({ to: address }), '0x' + data.slice(keeper.creation.length))
  }
})

await check('an account of the node signs typed data', async () => {
  const domain = { name: 'Hestia', version: '1', chainId, verifyingContract: contract.target }
  const types = { Person: [{ name: 'name', type: 'string' }, { name: 'wallet', type: 'address' }] }
  const value = { name: 'Alice', wallet: alice.address }
  const own = await provider.getSigner(alice.address)
  assert.equal(verifyTypedData(domain, types, value, await own.signTypedData(domain, types, value)), alice.address)
})

provider.destroy()
