// Builds the web console into dist/console/: hashed files in assets/, and the page that names them. Fails when a size is
// over its budget.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Largest sizes in bytes, compressed by gzip; `chunk` is for each file that is loaded later. */
export const BUDGET = { firstScripts: 45_000, styles: 8_000, chunk: 30_000, unpacked: 400_000 }

/**
 * Builds the console.
 * @param {string} target the folder, which is replaced
 * @returns {Promise<object>} esbuild's description of what is in each file, for the licences
 */
export async function buildConsole(target = join(root, 'dist/console')) {
  const made = await build({
    absWorkingDir: root,
    entryPoints: { console: 'console/main.tsx', style: 'console/style/console.css' },
    outdir: join(target, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    write: false,
    logLevel: 'warning',
    legalComments: 'none',
    plugins: [togetherAtFirst],
  })
  const texts = new Map(made.outputFiles.map(({ path, text }) => [path, text]))
  const outputs = Object.entries(made.metafile.outputs).map(([path, output]) => ({
    ...output,
    path: join(root, path),
    text: texts.get(join(root, path)),
  }))
  const script = outputs.find(({ inputs }) => 'console/main.tsx' in inputs).path
  const style = outputs.find(({ entryPoint }) => entryPoint === 'console/style/console.css').path
  holdBudget(outputs, script, style)
  // After a build that fails, the files of the one before are still there.
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(target, 'assets'), { recursive: true })
  for (const { path, text } of outputs) writeFileSync(path, text)
  const icon = placeIcon(target)
  writeFileSync(join(target, 'index.html'), pageOf({ script, style, icon }))
  return made
}

const MAIN = join(root, 'console/main.tsx')

/**
 * Keeps the scripts of the first load in one file. esbuild makes a file for each set of pages that share something; here
 * each part that is loaded later also imports the first load, so that all of that is one set.
 */
const togetherAtFirst = {
  name: 'together-at-first',
  setup({ onResolve, onLoad }) {
    const later = new Set()
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      if (kind === 'dynamic-import') later.add(join(resolveDir, path))
      return undefined
    })
    // The package says that its files have no side effects; without this one esbuild would leave the import out.
    onResolve({ filter: /console\/main\.tsx$/ }, () => ({ path: MAIN, sideEffects: true }))
    onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
      if (!later.has(path)) return undefined
      const text = await readFile(path, 'utf8')
      return {
        contents: `${text}\nimport ${JSON.stringify(MAIN)}\n`,
        loader: path.endsWith('x') ? 'tsx' : 'ts',
      }
    })
  },
}

function placeIcon(target) {
  const text = readFileSync(join(root, 'console/icon.svg'))
  const path = join(
    target,
    'assets',
    `icon-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.svg`,
  )
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

/** The page. It has no script or style of its own: its policy would refuse them. */
function pageOf({ script, style, icon }) {
  const url = (path) => `/console/assets/${basename(path)}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>NOFX</title>
<link rel="icon" href="${url(icon)}" type="image/svg+xml">
<link rel="stylesheet" href="${url(style)}">
<script type="module" src="${url(script)}"></script>
</head>
<body id="console">
<noscript>The console needs JavaScript. The same is in the terminal: nofx registry list</noscript>
</body>
</html>
`
}

function holdBudget(outputs, script, style) {
  const size = (path) => gzipSync(outputs.find((output) => output.path === path).text).length
  const atFirst = new Set([script, ...importedBy(outputs, script)])
  const first = [...atFirst].reduce((sum, path) => sum + size(path), 0)
  const over = [
    ['scripts of the first load', first, BUDGET.firstScripts],
    ['styles', size(style), BUDGET.styles],
    ...outputs
      .filter(({ path }) => !atFirst.has(path))
      .map(({ path }) => [basename(path), size(path), BUDGET.chunk]),
    ['everything, unpacked', outputs.reduce((sum, { bytes }) => sum + bytes, 0), BUDGET.unpacked],
  ].filter(([, bytes, most]) => bytes > most)
  if (over.length > 0)
    throw new Error(
      `the console is over its budget:\n${over.map(([what, bytes, most]) => `  ${what}: ${bytes} bytes, at most ${most}`).join('\n')}`,
    )
}

/** The files that a file imports at once, and so on; not those that it loads when they are needed. */
function importedBy(outputs, path, seen = new Set()) {
  const { imports } = outputs.find((output) => output.path === path)
  for (const { path: next, kind } of imports) {
    const absolute = join(root, next)
    if (kind !== 'import-statement' || seen.has(absolute)) continue
    seen.add(absolute)
    importedBy(outputs, absolute, seen)
  }
  return seen
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole()
