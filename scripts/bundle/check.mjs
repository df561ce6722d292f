// The first part of the bundle: what `nofx validate` needs if all is in order. bin/load.js compiles it alone, and the rest only
// if there is more to say. The rest takes every module of this part from it, so that none exists twice.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { build } from 'esbuild'
import { FILE_URL } from './parts.mjs'
import { exportedNames, IMPORT, namesIn, sourceAt, sources } from './sources.mjs'

const require = createRequire(import.meta.url)

/**
 * Builds the part. Returns what esbuild made, and the sources in it.
 * @param options those of the bundle
 * @param kinds the names of nofx's own kinds
 */
export async function buildCheck(options, resolveDir, kinds) {
  const hooks = kinds.map((name) => `'${name}': () => require('./src/plugins/${name}/hook.ts')`)
  const entry = `const kinds = {${hooks.join()}}
const loadOwnKinds = async (isNeeded) =>
  (await Promise.all(Object.keys(kinds).filter(isNeeded).map((name) => kinds[name]().default()))).flat()
export const check = (root, words, { loadWhole, thread } = {}) => {
  const printFailure = (failure) => loadWhole().load('src/cli/output.ts').printFailure(failure)
  return require('./src/cli/quick/print-check.ts').printCheck(root, words, { loadOwnKinds, printFailure, thread })
}
export const load = (path) => {
  if (!Object.hasOwn(__given, path)) {
    give(path)
    __given[path] = __given.last
  }
  return __given[path]
}`
  // What the rest takes from these sources may need further sources.
  for (let files = new Set(); ; ) {
    // One function, which a check does not call: V8 stores something for each function that exists from the start.
    const cases = [...files, 'zod'].map((path) => `case '${path}': require('given:${path}'); break`)
    const give = `const give = (path) => { switch (path) { ${cases.join('\n')} } }`
    const made = await build({
      ...options,
      stdin: { resolveDir, loader: 'ts', contents: `${give}\n${entry}` },
      outfile: 'check.cjs',
      write: false,
      plugins: [given(files, resolveDir), ...options.plugins],
    })
    const all = new Set([...files, ...sourcesIn(made.metafile)])
    if (all.size === files.size) return { made, files }
    files = all
  }
}

/** The sources of which code is in what esbuild made. */
function sourcesIn(metafile) {
  const [{ inputs }] = Object.values(metafile.outputs)
  return Object.keys(inputs).filter((path) => path.startsWith('src/') && inputs[path].bytesInOutput > 0)
}

/** Modules that give away what the sources outside of the part take from it. */
const given = (files, resolveDir) => ({
  name: 'given away',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^given:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'given' }))
    onLoad({ filter: /./, namespace: 'given' }, ({ path }) => {
      const names = namesFrom(path, files)
      const values = names.map((name, at) => `${name}: value${at}`)
      return {
        contents: `import { ${names.map((name, at) => `${name} as value${at}`).join(', ')} } from '${path === 'zod' ? path : `./${path}`}'
__given.last = { ${values.join(', ')} }`,
        resolveDir,
      }
    })
  },
})

/** Takes what is in the part from there. */
export const fromCheck = (files) => ({
  name: 'modules of the check',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(?:\.{1,2}\/.*\.ts|zod)$/ }, ({ path, resolveDir }) => {
      const file = path === 'zod' ? path : sourceAt(resolveDir, path)
      return file === 'zod' || files.has(file)
        ? { path: file, namespace: 'check', sideEffects: false }
        : undefined
    })
    onLoad({ filter: /./, namespace: 'check' }, ({ path }) => {
      const names = namesFrom(path, files)
      const values = names.map((name, at) => `${name}: value${at}`)
      return {
        contents: `const { ${values.join(', ')} } = __check.load('${path}')
export { ${names.map((name, at) => `value${at} as ${name}`).join(', ')} }`,
      }
    })
  },
})

/** What the sources outside of the part import from one of its modules. */
function namesFrom(path, files) {
  const outside = sources.filter((source) => !files.has(source.path))
  if (path === 'zod') return namesOfZod(outside)
  if (path.endsWith('/hook.ts')) return ['default']
  const names = outside.flatMap((source) => namesTaken(source, path))
  return [...new Set(names)].sort()
}

/** The names that one source imports from another: all of them, if it loads it when it is needed. */
function namesTaken({ path, text }, from) {
  const isFrom = (place) => place.startsWith('.') && sourceAt(dirname(path), place) === from
  const later = [...text.matchAll(/\bimport\('([^']+)'\)|^import \* as \w+ from '([^']+)'/gm)]
  if (later.some(([, first, second]) => isFrom(first ?? second))) return exportedNames(from)
  const lists = [...text.matchAll(IMPORT), ...text.matchAll(/^export \{([^}]+)\} from '([^']+)'/gm)]
  return lists.filter(([, , place]) => isFrom(place)).flatMap(([, list]) => namesIn(list))
}

/** What sources use of `import * as z from 'zod'`. */
function namesOfZod(users) {
  const names = users.flatMap(({ text }) =>
    [...text.matchAll(/\bz\.(\w+)\b(?!\.\$)/g)].map(([, name]) => name),
  )
  // The others are types, as is what stands behind `z.core.$`.
  return Object.keys(require('zod')).filter((name) => names.includes(name))
}

/**
 * The text of the bundle: its first line says how long the first part is, which is a script of its own. A module that was
 * given the part already does not begin it again.
 */
export function joinParts(check, rest) {
  const twice = sourcesIn(rest.metafile).filter((path) => check.files.has(path))
  if (twice.length > 0) throw new Error(`in the bundle twice: ${twice.join(', ')}`)
  const [first, last] = [check.made, rest].map(({ outputFiles }) => asScript(outputFiles[0].text))
  const text = `${FILE_URL}const __import=require('./import.cjs');
const __check=module.check??=((module,__given)=>{${first}
return module.exports})({exports:{}},{});
`
  const length = String(text.length + LENGTH_LINE).padStart(LENGTH_LINE - 7, ' ')
  return `/* ${length} */\n${text}${last}`
}

/** The length of the first line. */
const LENGTH_LINE = 16

/**
 * In code from V8's cache (bin/load.js) `import()` does not work, so the bundle calls it through a file that is compiled as
 * usual. What esbuild leaves beyond ASCII stands in regular expressions: without it, Node.js reads the bundle three times
 * as fast, and keeps one byte for each character.
 */
function asScript(text) {
  return text
    .replace(/\bimport\((?!\))/g, '__import(')
    .replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
