// Joins the scripts of the console's first load. esbuild puts what pages share into files of their own, one for each set
// of pages, and each would be a request; here they become one file, which the pages that are loaded later import.
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { build } from 'esbuild'

/**
 * Joins a script and every file that it imports at once.
 * @param {string} entry the path of the script
 * @param {Map<string, { text: string, imports: { path: string, kind: string }[], exports: string[] }>} files what esbuild
 * made, by path, all in one folder
 * @returns {Promise<{ first: string, scripts: Map<string, string> }>} the path of the joined file, and all files by path
 */
export async function joinFirstLoad(entry, files) {
  const joined = closure(entry, files)
  // The joined file names the others and the other way round, so each name is of all contents as they were before.
  const all = [...files].map(([path, { text }]) => `${path}\n${text}`).join('\n')
  const rename = (path) =>
    join(dirname(path), `${basename(path).slice(0, -12)}-${hash(`${path}\n${all}`)}.js`)
  const first = rename(entry)
  const place = { files, joined, rename, first }
  const scripts = new Map([[first, await bundle(place, entry, textOfJoined(entry, place))]])
  for (const [path, { text }] of files)
    if (!joined.has(path)) scripts.set(rename(path), await bundle(place, path, text))
  return { first, scripts }
}

function closure(path, files, seen = new Set()) {
  seen.add(path)
  for (const { path: next, kind } of files.get(path).imports)
    if (kind === 'import-statement' && !seen.has(next)) closure(next, files, seen)
  return seen
}

/** Runs the entry, and exports what the other files import of those that are joined. */
function textOfJoined(entry, { files, joined }) {
  const shared = [...joined].filter((path) => path !== entry)
  const lines = shared.map((path) => {
    const names = files.get(path).exports.map((name) => `${name} as ${globalName(path, name, files)}`)
    return `export {${names}} from './${basename(path)}'`
  })
  return [`import './${basename(entry)}'`, ...lines].join('\n')
}

/** A name of an export that those of other files do not have. */
const globalName = (path, name, files) => `${name}$${[...files.keys()].indexOf(path)}`

/** Bundles `contents`: joined files come into the joined file, and the others import them from there. */
async function bundle({ files, joined, rename, first }, path, contents) {
  const outside = (target) => ({ path: `./${basename(target)}`, external: true })
  const plugin = {
    name: 'built files',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^joined$/ }, () => outside(first))
      onResolve({ filter: /^\.\// }, ({ path: name }) => {
        const target = join(dirname(path), basename(name))
        if (!joined.has(target)) return outside(rename(target))
        return { path: target, namespace: joined.has(path) ? 'whole' : 'names' }
      })
      onLoad({ filter: /./, namespace: 'whole' }, (one) => ({ contents: files.get(one.path).text }))
      onLoad({ filter: /./, namespace: 'names' }, (one) => {
        const names = files
          .get(one.path)
          .exports.map((name) => `${globalName(one.path, name, files)} as ${name}`)
        return { contents: `export {${names}} from 'joined'` }
      })
    },
  }
  const made = await build({
    stdin: { contents, resolveDir: dirname(path) },
    plugins: [plugin],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
    legalComments: 'none',
  })
  return made.outputFiles[0].text
}

const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8)
