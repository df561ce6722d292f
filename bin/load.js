const { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } = require('node:fs')
const Module = require('node:module')
const { join } = require('node:path')
const vm = require('node:vm')

const DIST = join(__dirname, '../dist')
const FILE = join(DIST, 'nofx.cjs')
/** The name under which the first part of the bundle runs. */
const CHECK = join(DIST, 'check.cjs')
/** The name of its compiled code for files where only agents are: V8 takes nine milliseconds to read a megabyte. */
const CHECK_AGENTS = join(DIST, 'check-agents.cjs')
/** The first line of the bundle is a comment with the length of the first part. */
const LENGTH_LINE = 16
/** Node.js keeps a text of this length, or a longer one, outside of V8's heap, where it does not lead to collections. */
const OUTSIDE = 1_040_000
/**
 * V8 knows a source by its length alone: with the compiled code of another source, the process crashes. So the text of a
 * script is longer by the remainder of the script's length.
 */
const LENGTHS = 65_536
const COMMENT = '\n//'

/** What the first part gave to this process. */
let check

/** Loads the bundle. The first part begins only once in a process. */
function load() {
  return run(FILE, (file) => fstatSync(file).size)
}

/**
 * Loads the first part of the bundle alone, which is all that a check needs.
 * @param words what is checked; everything without any
 */
function loadCheck(words = []) {
  const isSmall = words.some((word) => !word.startsWith('-')) && hasOnlyAgents()
  return { ...run(CHECK, readLength, isSmall ? CHECK_AGENTS : CHECK), exports: check }
}

function readLength(file) {
  const line = Buffer.alloc(LENGTH_LINE)
  readSync(file, line, 0, LENGTH_LINE, 0)
  return Number.parseInt(line.latin1Slice(2), 10)
}

/** Whether the usual folder has only agents. Elsewhere nothing is known, and nothing else depends on the answer. */
function hasOnlyAgents() {
  try {
    return existsSync('packages/shared/agents') && readdirSync('packages/shared').length === 1
  } catch {
    return false
  }
}

/**
 * Runs a script with the compiled code that the build stored. V8 accepts such code only if the same V8 made it, and compiles
 * otherwise. Node.js 22 caches compiled code itself, wherever the bundle was built.
 * @param name its name
 * @param lengthIn returns how much of the bundle it is
 * @param code the name of the compiled code
 */
function run(name, lengthIn, code = name) {
  const bundle = Object.assign(new Module(name, module), { filename: name, check })
  bundle.paths = Module._nodeModulePaths(DIST)
  Module._cache[name] = bundle
  const file = openSync(FILE)
  const length = lengthIn(file)
  const stored = readCache(code)
  const wrapped = stored && readStart(file, length, ...Module.wrap('\0').split('\0'))
  const cachedData = stored && unseal(stored, wrapped.source)
  const script = cachedData && compile(name, wrapped.text, cachedData)
  const text = script ? '' : readStart(file, length, '', '').text
  closeSync(file)
  if (script)
    script
      .runInThisContext()
      .call(bundle.exports, bundle.exports, Module.createRequire(name), bundle, name, DIST)
  else {
    Module.enableCompileCache?.()
    bundle._compile(text, name)
  }
  bundle.loaded = true
  check = bundle.check
  return { exports: bundle.exports, script, source: wrapped?.source }
}

function compile(filename, text, cachedData) {
  return new vm.Script(text, {
    filename,
    cachedData: cachedData.length ? cachedData : undefined,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
}

/**
 * The start of the bundle, and the same as a text between two others, in one piece: V8 would copy a text that is put together.
 * The build leaves nothing beyond ASCII in it, and what follows is a comment.
 */
function readStart(file, length, before, after) {
  const end = before.length + length
  const bytes = Buffer.alloc(Math.max(end + after.length + COMMENT.length, OUTSIDE + (length % LENGTHS)))
  bytes.latin1Write(before)
  let at = before.length
  for (let size = -1; at < end && size !== 0; at += size)
    size = readSync(file, bytes, at, end - at, at - before.length)
  bytes.latin1Write(after + COMMENT, end)
  return { text: bytes.latin1Slice(), source: bytes.subarray(before.length, end) }
}

/** What a file with compiled code has; undefined without it, and empty while the build creates one. */
function readCache(file) {
  try {
    return readFileSync(`${file}.cache`)
  } catch {
    return undefined
  }
}

/**
 * The compiled code in a file; undefined if the file is damaged, or is not of this source. V8 looks for neither, and then ends the
 * process or runs other code. The file has the code twice, and the source: to load `node:crypto` for a hash takes five milliseconds.
 */
function unseal(stored, source) {
  if (stored.length === 0) return stored
  const length = (stored.length - source.length) / 2
  const code = stored.subarray(0, length)
  const isWhole = stored.subarray(length, -source.length).equals(code)
  return isWhole && stored.subarray(-source.length).equals(source) ? code : undefined
}

/** What the build stores for a script that this process has run. */
function seal({ script, source }) {
  const code = script.createCachedData()
  return Buffer.concat([code, code, source])
}

module.exports = { load, loadCheck, seal }
