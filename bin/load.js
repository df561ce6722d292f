const { closeSync, openSync, readFileSync, readSync } = require('node:fs')
const Module = require('node:module')
const { dirname, join } = require('node:path')
const vm = require('node:vm')

const DIST = join(__dirname, '../dist')
const FILE = join(DIST, 'nofx.cjs')
/** The name under which the first part of the bundle runs. */
const CHECK = join(DIST, 'check.cjs')
/** The first line of the bundle is a comment with the length of the first part. */
const LENGTH_LINE = 16

/** What the first part gave to this process. */
let check

/** Loads the bundle. The first part begins only once in a process. */
function load() {
  return run(FILE, () => readFileSync(FILE, 'latin1'))
}

/** Loads the first part of the bundle alone, which is all that a check needs. */
function loadCheck() {
  const { script } = run(CHECK, () => {
    const length = Number(readStart(LENGTH_LINE).slice(2, -3))
    return readStart(length)
  })
  return { exports: check, script }
}

/**
 * Runs a script with the compiled code that the build stored. V8 accepts such code only if the same V8 made it from the
 * same source, and compiles otherwise. Node.js 22 caches compiled code itself, wherever the bundle was built.
 * @param read returns the text; the build leaves nothing beyond ASCII in it
 */
function run(file, read) {
  const bundle = Object.assign(new Module(file, module), { filename: file, check })
  bundle.paths = Module._nodeModulePaths(DIST)
  Module._cache[file] = bundle
  const cachedData = readCache(file)
  if (!cachedData) Module.enableCompileCache?.()
  const script = cachedData && compile(file, read(), cachedData)
  if (!script) bundle._compile(read(), file)
  else
    script
      .runInThisContext()
      .call(bundle.exports, bundle.exports, Module.createRequire(file), bundle, file, dirname(file))
  bundle.loaded = true
  check = bundle.check
  return { exports: bundle.exports, script }
}

function compile(file, text, cachedData) {
  return new vm.Script(Module.wrap(text), {
    filename: file,
    cachedData: cachedData.length ? cachedData : undefined,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
}

/** So many bytes from the start of the bundle. */
function readStart(length) {
  const bytes = Buffer.allocUnsafeSlow(length)
  const file = openSync(FILE)
  let at = 0
  for (let size = -1; at < length && size !== 0; at += size) size = readSync(file, bytes, at, length - at, at)
  closeSync(file)
  return bytes.latin1Slice(0, at)
}

/** The compiled code; undefined without a cache, and empty while the build creates one. */
function readCache(file) {
  try {
    return readFileSync(`${file}.cache`)
  } catch {
    return undefined
  }
}

module.exports = { load, loadCheck }
