// What devnets do not do as their tools' packages document it, and why. docs/devnet.md has the table of this, and the run
// fails where they differ. A reason that begins with "sometimes" is of something that only happens now and then.
export const differences = [
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'dropTransaction takes a waiting transaction out of the pool and says so',
    anvil: 'it answers with the hash, where Hardhat answers true'
  },
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'dropTransaction says false of a transaction that does not wait',
    anvil: 'it answers null'
  },
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'setNonce sets the next nonce, and refuses to lower it',
    anvil: 'it lowers it'
  },
  {
    packages: 'network-helpers', suite: /^hardhat-network-helpers/,
    claim: 'setPrevRandao sets the next block\'s value',
    anvil: 'it has no such method'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'loadState brings blocks, receipts and old states',
    anvil: 'old states are not in its file',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'reset goes back to the first block',
    anvil: 'viem sends an empty forking, which anvil takes for a wish to fork',
    hardhat: 'Hardhat 3 has no reset'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'the same nonce is taken right after a revert',
    anvil: 'sometimes its pool forgets the transaction later than its receipt appears'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'a receipt is there as soon as the send returns',
    anvil: 'sometimes the block is made after the answer'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'setNextBlockTimestamp sets the next block\'s time, and the clock goes on from there',
    anvil: 'two blocks may have the same time'
  },
  {
    packages: 'viem, mode hardhat', suite: /^viem hardhat/,
    claim: 'setBlockTimestampInterval spaces blocks until removeBlockTimestampInterval',
    hestia: 'a method of anvil alone',
    anvil: 'a method of anvil alone',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem, mode hardhat', suite: /^viem hardhat/,
    claim: 'setIntervalMining makes a block every so many seconds',
    anvil: 'viem sends milliseconds, as Hardhat wants them, and anvil takes them for seconds'
  },
  {
    packages: 'viem, mode anvil', suite: /^viem anvil/,
    claim: 'setRpcUrl is taken',
    hestia: 'it forks no other chain'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'dumpState and loadState carry the accounts',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'getTxpoolContent, getTxpoolStatus and inspectTxpool show what waits',
    hardhat: 'it has no txpool methods'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'sendUnsignedTransaction sends for anyone',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'viem', suite: /^viem/,
    claim: 'setAutomine mines what waits when it is turned on',
    hardhat: 'it leaves them for the next block'
  },
  {
    packages: 'viem, mode hardhat', suite: /^viem hardhat/,
    claim: 'setRpcUrl is taken',
    hestia: 'it forks no other chain',
    anvil: 'a method of anvil alone',
    hardhat: 'a method of anvil alone'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_rollback takes back as many blocks as it is told',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_rollback without a number takes back one block',
    anvil: 'it wants a number',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'after anvil_rollback the clock goes on from the block that is the newest',
    anvil: 'two blocks may have the same time',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_rollback of more blocks than there are is refused',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_reorg takes a depth and pairs, and makes other blocks of them',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_reorg takes an object of depth and tx_block_pairs',
    anvil: 'it takes the two as parameters only',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_mine_detailed and evm_mine_detailed return their blocks with what transactions gave back',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'a failed transaction has its reason in evm_mine_detailed',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_addBalance adds to what an account owns',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'hardhat_addBalance adds to what an account owns',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_dealERC20 sets what an account owns of a token',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_setERC20Balance sets what an account owns of a token',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'hardhat_dealERC20 sets what an account owns of a token',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_setERC20Allowance sets what another may send',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_dealERC20 of an account that is no token is refused',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'hardhat_setPrevRandao sets the next block\'s value',
    anvil: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_setPrevRandao sets the next block\'s value',
    anvil: 'it has no such method',
    hardhat: 'it has only hardhat_setPrevRandao'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_setNextBlockPrevRandao sets the next block\'s value',
    anvil: 'it has no such method',
    hardhat: 'it has only hardhat_setPrevRandao'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_getGenesisTime returns the time of the first block',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'after setNextBlockBaseFeePerGas eth_fillTransaction names a price that the next block takes',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'automine keeps a transaction after a gap of nonces, and mines it when the gap is closed',
    hardhat: 'it refuses it'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'with mining off a price below the base fee waits',
    anvil: 'it refuses it'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'a transaction of the pending block is found by its index',
    anvil: 'it finds none'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'the pending block is the next one, with what waits',
    hardhat: 'its number is null'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'eth_getBlockReceipts of pending has the receipts of what waits',
    anvil: 'it answers null',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'eth_callMany runs each call on what those before it left',
    anvil: 'it has no such method',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'after anvil_loadState of a chain that travelled evm_increaseTime moves the next block by what was asked',
    anvil: 'its clock is before the block that is the newest',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'after a revert the clock goes on from the time of the snapshot',
    anvil: 'two blocks may have the same time'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'anvil_mine spaces all its blocks by the interval, the first too',
    hardhat: 'it has no such method'
  },
  {
    packages: 'called by name', suite: /^controls/,
    claim: 'hardhat_mine spaces its blocks by the interval, but for the first',
    anvil: 'it spaces the first too'
  }
]
