// The life of a contract: what every client's suite must show. A check names the steps it shows; the runner reads them from the
// lines of checks that passed, so that a step that no check shows fails the run.
import { readFileSync, writeFileSync } from 'node:fs'

export const steps = [
  'deploy', 'constructor', 'program', 'call', 'write', 'logs', 'filters', 'subscriptions', 'proof', 'exact gas', 'access list', 'fee history', 'batch',
  'revert', 'custom error', 'type 0', 'type 1', 'type 2', 'type 4'
]

// How a passed check ends its line: steps, each with what to say of how in parentheses.
export const tell = (shown) => (shown.length > 0 ? `  [${shown.join('; ')}]` : '')

// The steps that a suite's output shows, each with what is said of how.
export function told (output) {
  const shown = new Map()
  for (const line of output.split('\n')) {
    const list = /\bok\b.* \[(.+)\]$/.exec(line)?.[1].split('; ') ?? []
    for (const step of list) {
      const [, name, how] = /^(.*?)(?: \((.*)\))?$/.exec(step)
      if (!steps.includes(name)) throw new Error(`${name} is no step: ${line}`)
      shown.set(name, how ?? shown.get(name) ?? '')
    }
  }
  return shown
}

const document = new URL('../../docs/clients.md', import.meta.url)
const begin = '<!-- steps -->\n'
const end = '<!-- end of steps -->'

// Holds the document's table to what was shown, by suite; with UPDATE set it is written anew. Returns whether it holds.
export function holdDocument (shown) {
  const row = (cells) => `| ${cells.join(' | ')} |\n`
  const names = [...shown.keys()]
  const notes = []
  const cell = (suite, step) => {
    const how = shown.get(suite).get(step)
    if (how === undefined) return 'missing'
    if (how === '') return 'yes'
    if (!notes.includes(how)) notes.push(how)
    return `yes [${notes.indexOf(how) + 1}]`
  }
  let table = row(['', ...names]) + row(['', ...names].map(() => '---'))
  for (const step of steps) table += row([step, ...names.map((suite) => cell(suite, step))])
  for (const [i, note] of notes.entries()) table += `\n[${i + 1}] ${note}\n`
  const text = readFileSync(document, 'utf8')
  const written = text.slice(0, text.indexOf(begin) + begin.length) + table + text.slice(text.indexOf(end))
  if (process.env.UPDATE) writeFileSync(document, written)
  return process.env.UPDATE !== undefined || written === text
}
