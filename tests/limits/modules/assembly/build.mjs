// Compiles every .ts of this folder at three levels: node build.mjs NODE_MODULES OUT.
import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const [modules, out] = process.argv.slice(2).map((folder) => resolve(folder))
const { default: asc } = await import(pathToFileURL(join(modules, 'assemblyscript/dist/asc.js')))
const levels = { O1: ['-O1'], O2: ['-O2'], Os: ['-O2', '--shrinkLevel', '1'] }
for (const file of readdirSync(here).filter((name) => name.endsWith('.ts'))) {
  for (const [level, flags] of Object.entries(levels)) {
    const name = `assemblyscript-asc-${level}-${file.slice(0, -3)}.wasm`
    const { error, stderr } = await asc.main([
      file, '-o', join(out, name), '--baseDir', here, '--runtime', 'minimal', '--use', 'abort=', ...flags
    ])
    if (error) {
      process.stderr.write(`${file}: ${stderr}`)
      process.exit(1)
    }
  }
}
