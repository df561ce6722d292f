// Damages the files with compiled code in a copy of the program, and prints which code is run nevertheless.
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const [, , root, dist] = process.argv
const { load, loadCheck } = require(join(root, 'bin/load.js'))

const LOADS = {
  'check-agents.cjs.cache': () => loadCheck(['packages/shared/agents']),
  'check.cjs.cache': () => loadCheck(),
  'nofx.cjs.cache': () => load(),
}
/** Where V8 has the lengths, parts of the code, and where the source begins. */
const FLIPS = [24, 28, 40, 0.01, 0.2, 0.34, 0.5, 0.9]
const bundle = join(root, 'dist/nofx.cjs')
const source = readFileSync(bundle)
const taken = []

for (const name of Object.keys(LOADS)) {
  const path = join(root, 'dist', name)
  const whole = readFileSync(join(dist, name))
  const run = (what, bytes) => {
    writeFileSync(path, bytes)
    if (LOADS[name]().script) taken.push(`${name}: ${what}`)
  }
  run('whole', whole)
  for (const at of FLIPS) run(`flip at ${at}`, flip(whole, at < 1 ? Math.floor(at * whole.length) : at))
  run('half', whole.subarray(0, whole.length / 2))
  run('one byte', whole.subarray(0, 1))
  run('zeros', Buffer.from(whole).fill(0, 100_000))
  run('longer', Buffer.concat([whole, Buffer.alloc(2)]))
  const other = name === 'nofx.cjs.cache' ? 'check.cjs.cache' : 'nofx.cjs.cache'
  run('of another', readFileSync(join(dist, other)))
  // V8 knows a source by its length alone.
  writeFileSync(bundle, flip(source, source.indexOf('not found'), 0x20))
  run('of another source', whole)
  writeFileSync(bundle, source)
  rmSync(path)
  mkdirSync(path)
  if (LOADS[name]().script) taken.push(`${name}: a folder`)
  rmSync(path, { recursive: true })
  run('whole', whole)
}
console.log(JSON.stringify(taken))

function flip(bytes, at, by = 0x55) {
  const other = Buffer.from(bytes)
  other[at] ^= by
  return other
}
