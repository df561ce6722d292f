#!/usr/bin/env node
// CommonJS (see bin/package.json), because it starts faster. The process is ended here; otherwise it waits up to 0.3 s
// for WebAssembly that Node's fetch compiles without using it.
const words = process.argv.slice(2)
const root = require('node:path').dirname(__dirname)

/** The file that answers these words without oclif and the bundle, if it may: the answer is false if it may not. */
function quickFile() {
  const [first, , third] = words
  if (first === 'completion' && (third === '--' || words.at(-1) !== '--help')) return 'completion'
  if (words.length === 0 || first === 'help' || words.at(-1) === '--help') return 'help'
  return words.length === 1 && first === '--version' ? 'version' : undefined
}

async function run() {
  const file = quickFile()
  if (file && (await require(`../dist/${file}.cjs`).answer(root, words))) return
  const { load, loadCheck } = require('./load.js')
  const flags = words.filter((word) => word.startsWith('-'))
  const isPlainCheck = words[0] === 'validate' && flags.every((flag) => flag === '--no-cache')
  const loadWhole = () => load().exports
  const what = words.slice(1)
  const isWhole = isPlainCheck && flags.length === what.length
  const thread = isWhole ? require('./read-ahead.js').startReader(flags.length === 0) : undefined
  const isChecked = isPlainCheck && (await loadCheck(what).exports.check(root, what, { loadWhole, thread }))
  if (!isChecked) await loadWhole().run()
  process.exit()
}

run()
