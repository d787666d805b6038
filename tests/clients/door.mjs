// Who may ask: a front end on a developer's machine, a container that reaches its host by name, and no page of the
// internet. The node must run with --hosts host.docker.internal:
//
//   node door.mjs http://127.0.0.1:8545
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { check, rpcURL } from './fixture.mjs'

// Sends eth_chainId or a preflight with the headers, and returns the answer.
function knock (method, headers) {
  const body = method === 'POST' ? JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }) : ''
  return new Promise((resolve, reject) => {
    const sent = request(rpcURL, { method, headers: { 'content-type': 'application/json', ...headers } }, (answer) => {
      let text = ''
      answer.on('data', (part) => { text += part })
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

await check('a front end on http://localhost:5173 may ask', async () => {
  const origin = 'http://localhost:5173'
  const preflight = await knock('OPTIONS', {
    origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type'
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers['access-control-allow-origin'], origin)
  assert.match(preflight.headers['access-control-allow-headers'], /content-type/i)
  const answer = await knock('POST', { origin })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['access-control-allow-origin'], origin)
  assert.equal(JSON.parse(answer.text).result, '0x7a69')
})

await check('a container reaches the node by the name of its host', async () => {
  const answer = await knock('POST', { host: 'host.docker.internal:8545' })
  assert.equal(JSON.parse(answer.text).result, '0x7a69')
})

await check('another name is refused, and the answer says which flag allows it', async () => {
  const answer = await knock('POST', { host: 'rebound.example' })
  assert.equal(answer.status, 403)
  assert.match(answer.text, /--hosts rebound\.example/)
})

await check('a page on the internet is refused, and the answer says which flag allows it', async () => {
  const answer = await knock('POST', { origin: 'https://evil.example' })
  assert.equal(answer.status, 403)
  assert.equal(answer.headers['access-control-allow-origin'], undefined)
  assert.match(answer.text, /--origins https:\/\/evil\.example/)
})
