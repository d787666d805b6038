// Transactions of type 4 for web3.js, which has none: https://eips.ethereum.org/EIPS/eip-7702 on top of its own base class.
import { SigningKey, decodeRlp, encodeRlp, toBeArray, toBeHex } from 'ethers'
import { BaseTransaction, signMessageWithPrivateKey } from 'web3-eth-accounts'
import { bytesToHex, hexToBytes, keccak256 } from 'web3-utils'

const quantity = (value) => toBeArray(BigInt(value))
const number = (item) => (item === '0x' ? 0n : BigInt(item))
const signing = (prefix, fields) => hexToBytes(prefix + encodeRlp(fields).slice(2))

// What an account signs to run another's code; the result is ready for a transaction.
export function signAuthorization ({ chainId, address, nonce }, privateKey) {
  const hash = keccak256(signing('0x05', [quantity(chainId), address, quantity(nonce)]))
  const { v, r, s } = signMessageWithPrivateKey(hash, privateKey)
  return { chainId, address, nonce, yParity: Number(v) - 27, r, s }
}

export class SetCodeTransaction extends BaseTransaction {
  constructor (fields, options = {}) {
    super({ ...fields, type: 4 }, options)
    this.fields = fields
    this.chainId = BigInt(fields.chainId)
    this.common = this._getCommon(options.common, this.chainId)
  }

  static fromTxData (fields, options) { return new SetCodeTransaction(fields, options) }

  static fromSerializedTx (bytes, options) {
    const [chainId, nonce, tip, cap, gas, to, value, data, accessList, authorizations, v, r, s] = decodeRlp(bytesToHex(bytes.subarray(1)))
    return new SetCodeTransaction({
      chainId: number(chainId), nonce: number(nonce), maxPriorityFeePerGas: number(tip), maxFeePerGas: number(cap), gasLimit: number(gas),
      to, value: number(value), data, accessList,
      authorizationList: authorizations.map(([chainId, address, nonce, yParity, r, s]) => ({
        chainId: number(chainId), address, nonce: number(nonce), yParity: number(yParity), r, s
      })),
      v: number(v), r: number(r), s: number(s)
    }, options)
  }

  raw () {
    const { fields } = this
    const unsigned = [
      quantity(this.chainId), quantity(this.nonce), quantity(fields.maxPriorityFeePerGas), quantity(fields.maxFeePerGas), quantity(this.gasLimit),
      fields.to, quantity(this.value), this.data, fields.accessList,
      fields.authorizationList.map((a) => [quantity(a.chainId), a.address, quantity(a.nonce), quantity(a.yParity), quantity(a.r), quantity(a.s)])
    ]
    return this.isSigned() ? [...unsigned, quantity(this.v), quantity(this.r), quantity(this.s)] : unsigned
  }

  serialize () { return signing('0x04', this.raw()) }

  hash () { return hexToBytes(keccak256(this.serialize())) }

  getMessageToSign (hashed = true) {
    const message = signing('0x04', this.raw().slice(0, 10))
    return hashed ? hexToBytes(keccak256(message)) : message
  }

  getMessageToVerifySignature () { return this.getMessageToSign() }

  getSenderPublicKey () {
    const signature = { r: toBeHex(this.r, 32), s: toBeHex(this.s, 32), yParity: Number(this.v) }
    return hexToBytes(SigningKey.recoverPublicKey(this.getMessageToVerifySignature(), signature)).subarray(1)
  }

  getUpfrontCost () { return this.gasLimit * BigInt(this.fields.maxFeePerGas) + this.value }

  _processSignature (v, r, s) { return new SetCodeTransaction({ ...this.fields, v: v - 27n, r: bytesToHex(r), s: bytesToHex(s) }, this.txOptions) }

  _errorMsg (text) { return text }

  errorStr () { return `type 4 to ${this.fields.to}` }

  toJSON () {
    const hex = (value) => '0x' + BigInt(value).toString(16)
    return { type: '0x4', nonce: hex(this.nonce), gasLimit: hex(this.gasLimit), to: this.fields.to, value: hex(this.value), data: bytesToHex(this.data), chainId: hex(this.chainId) }
  }
}
