// Rooms of the sources that few commands use: they lie in files of their own beside the bundle.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { build } from 'esbuild'
import { deferred } from './deferred.mjs'
import { exportedNames, IMPORT, namesIn, sourceAt, sources } from './sources.mjs'

const require = createRequire(import.meta.url)

/** What `import.meta.url` stands for, which is empty in a CommonJS file. */
export const FILE_URL = "const __url=require('node:url').pathToFileURL(__filename).href;"

/** Files beside the bundle, and the sources in each. They use the bundle's other modules, so that none exists twice. */
const PARTS = {
  importer: ['src/import/', 'src/exchange/', 'src/export/'],
  // What a publish to a PostgreSQL server needs, a tenth of the part below.
  direct: [
    'src/cloud/embedded/direct-calls.ts',
    'src/cloud/embedded/open-on-server.ts',
    'src/cloud/embedded/late-registry.ts',
    'src/cloud/embedded/database/ask-server.ts',
    'src/cloud/embedded/database/data-folder.ts',
    'src/cloud/embedded/database/migrations.ts',
    'src/cloud/embedded/database/stage-rows.ts',
    'src/cloud/embedded/postgres/',
    'src/cloud/embedded/storage/postgres-storage.ts',
    'src/cloud/embedded/storage/storage-adapter.ts',
    'src/cloud/embedded/storage/store-objects.ts',
    'src/cloud/embedded/storage/upload-in-batches.ts',
  ],
  preview: ['src/core/comment/', 'src/core/preview/'],
  server: [
    'src/api/',
    'src/dev/',
    'src/cloud/embedded/',
    // What the function of a kind needs for other requests than those of a publish, and for callers that it does not know.
    'src/edge/auth/authorize.ts',
    'src/edge/handlers/hash-objects.ts',
    'src/edge/handlers/preview-handler.ts',
    'src/edge/handlers/report-handler.ts',
    'src/edge/handlers/withdraw.ts',
  ],
}
/** The part of a source. A hook is in the bundle, where oclif's stub asks for it. */
const partOf = (file) =>
  file.endsWith('/hook.ts')
    ? undefined
    : Object.keys(PARTS).find((part) => PARTS[part].some((folder) => file.startsWith(folder)))

/** Leaves the sources of PARTS outside of the bundle. */
const partsApart = {
  name: 'parts apart',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => {
      const file = sourceAt(resolveDir, path)
      return partOf(file) ? { path: file, namespace: 'part', sideEffects: false } : undefined
    })
    onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
      contents: deferred(exportedNames(path), `require('./${partOf(path)}.cjs').load('${path}')`),
    }))
    onResolve({ filter: /^\.\/(?:importer|direct|preview|server)\.cjs$/ }, ({ path }) => ({
      path,
      external: true,
    }))
  },
}

/**
 * Builds a file for each of PARTS. Returns what esbuild knows of them, and the modules of the bundle that they use.
 * @param options those of the bundle
 */
export async function buildParts(options, resolveDir) {
  const used = new Set()
  const results = await Promise.all(
    Object.keys(PARTS).map((part) => {
      const modules = entriesOf(part).map((path) => `'${path}': () => require('./${path}')`)
      const contents = `const modules = {${modules.join()}}\nexports.load = (path) => modules[path]()`
      return build({
        ...options,
        stdin: { resolveDir, contents },
        outfile: `dist/${part}.cjs`,
        banner: { js: FILE_URL },
        plugins: [modulesOfBundle(part, used), ...options.plugins],
      })
    }),
  )
  return { results, used: [...used].sort() }
}

/** The modules of a part that other sources import. */
function entriesOf(part) {
  const imported = sources
    .filter(({ path }) => partOf(path) !== part)
    .flatMap(({ path, text }) =>
      [...text.matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, to]) => sourceAt(dirname(path), to)),
    )
  return [...new Set(imported)].filter((path) => partOf(path) === part).sort()
}

/** Takes what another file has from there: from the bundle, or from another of PARTS by way of the bundle. */
function modulesOfBundle(part, used) {
  return {
    name: 'modules of the bundle',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^(?:\.{1,2}\/.*\.ts|zod)$/ }, ({ path, resolveDir }) => {
        const file = path === 'zod' ? path : sourceAt(resolveDir, path)
        if (partOf(file) === part) return undefined
        used.add(file)
        return { path: file, namespace: 'bundle', sideEffects: false }
      })
      onResolve({ filter: /^\.\/nofx\.cjs$/ }, ({ path }) => ({ path, external: true }))
      onLoad({ filter: /./, namespace: 'bundle' }, ({ path }) => ({
        contents: deferred(
          path === 'zod' ? namesOfZod() : exportedNames(path),
          `require('./nofx.cjs').load('${path}')`,
        ),
      }))
    },
  }
}

/** What the sources of PARTS use of `import * as z from 'zod'`. */
function namesOfZod() {
  const texts = sources.filter(({ path }) => partOf(path)).map(({ text }) => text)
  const names = texts.flatMap((text) => [...text.matchAll(/\bz\.(\w+)/g)].map(([, name]) => name))
  // The others are types.
  return Object.keys(require('zod')).filter((name) => names.includes(name))
}

/** What the bundle itself needs besides the plugins of every file. */
export const inBundle = [partsApart]

// A name that `exportedNames` does not see would be undefined where it is used.
for (const { path, text } of sources)
  for (const [, list, from] of text.matchAll(IMPORT)) {
    const file = sourceAt(dirname(path), from)
    if (!from.startsWith('.') || partOf(file) === partOf(path)) continue
    const missing = namesIn(list).filter((name) => !exportedNames(file).includes(name))
    if (missing.length > 0)
      throw new Error(`${path}: ${file} exports ${missing.join(', ')} in a way that the build cannot read`)
  }
