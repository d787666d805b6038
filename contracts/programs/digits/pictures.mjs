// Writes the pictures of a folder of {0..9}.json to a file, 784 bytes and the label each, in an order that mixes them:
//   node pictures.mjs FOLDER FILE
import { readFileSync, writeFileSync } from 'node:fs'

const [folder, file] = process.argv.slice(2)
const rows = []
for (let digit = 0; digit < 10; digit++) {
  const { data } = JSON.parse(readFileSync(`${folder}/${digit}.json`, 'utf8'))
  for (let i = 0; i + 784 <= data.length; i += 784) {
    rows.push([...data.slice(i, i + 784).map(v => Math.min(255, Math.round(v * 255))), digit])
  }
}
let seed = 1
for (let i = rows.length - 1; i > 0; i--) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  const j = seed % (i + 1)
  ;[rows[i], rows[j]] = [rows[j], rows[i]]
}
writeFileSync(file, Buffer.from(rows.flat()))
