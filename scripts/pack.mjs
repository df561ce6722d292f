// `npm run pack`: builds the package, checks the fields that npm and its provenance need, and packs it into the folder
// that --out names (this one by default). With --no-build it packs what was built before. The package is packed from a copy, because it differs from the checkout: it
// names its repository, its README has absolute links, and it has no scripts that need the sources.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: { out: { type: 'string', default: '.' }, 'no-build': { type: 'boolean' } },
})
const out = resolve(values.out)
process.chdir(root)

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const home = repositoryUrl()
if (!values['no-build']) execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })

const stage = mkdtempSync(join(tmpdir(), 'nofx-pack-'))
try {
  for (const path of packedFiles()) {
    mkdirSync(dirname(join(stage, path)), { recursive: true })
    cpSync(path, join(stage, path))
  }
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(published(), null, 2)}\n`)
  writeFileSync(join(stage, 'README.md'), withAbsoluteLinks(readFileSync('README.md', 'utf8')))
  const { buildTypes } = await import('./bundle/types.mjs')
  await buildTypes(join(stage, 'dist'))
  requireTargets()
  mkdirSync(out, { recursive: true })
  const [{ filename }] = npmPack(['--pack-destination', out], stage)
  process.stdout.write(`${join(out, filename)}\n`)
} finally {
  rmSync(stage, { recursive: true, force: true })
}

/** The page of the repository: the field of package.json, or the repository of the GitHub Actions job that packs. */
function repositoryUrl() {
  const { GITHUB_SERVER_URL: server = 'https://github.com', GITHUB_REPOSITORY: name } = process.env
  const { repository } = manifest
  const field = typeof repository === 'string' ? repository : repository?.url
  const url = field?.replace(/^git\+/, '').replace(/\.git$/, '') ?? (name && `${server}/${name}`)
  if (url && /^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(url)) return url
  process.stderr.write(
    'error: the repository of the package is unknown, and npm refuses the provenance of such a package\n' +
      '  hint: set GITHUB_REPOSITORY=<owner>/<name>, or "repository" in package.json\n',
  )
  return process.exit(2)
}

/** The files that "files" of package.json names, with those that npm adds. */
function packedFiles() {
  const [{ files }] = npmPack(['--dry-run'], root)
  return files.map(({ path }) => path)
}

function npmPack(words, cwd) {
  const all = ['pack', '--json', '--ignore-scripts', ...words]
  const shell = process.platform === 'win32'
  return JSON.parse(execFileSync('npm', all, { cwd, shell, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }))
}

/** package.json for those who install the package. */
function published() {
  const { scripts: _scripts, devDependencies: _tools, overrides: _overrides, ...rest } = manifest
  return {
    ...rest,
    repository: { type: 'git', url: `git+${home}.git` },
    homepage: manifest.homepage ?? `${home}#readme`,
    bugs: manifest.bugs ?? { url: `${home}/issues` },
  }
}

/** npm shows the README without the pages that it links to. */
function withAbsoluteLinks(markdown) {
  const base = `${home}/blob/v${manifest.version}/`
  return markdown.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, (_link, path) => `](${base}${path})`)
}

/** Stops when a file is not packed that an export or the program needs. */
function requireTargets() {
  const named = [manifest.exports, manifest.bin, manifest.oclif.hooks].flatMap(function targets(value) {
    return typeof value === 'object' ? Object.values(value).flatMap(targets) : [value]
  })
  // Without its manifest, oclif loads every command at each start.
  const missing = [...named, 'oclif.manifest.json'].filter((path) => !existsSync(join(stage, path)))
  if (missing.length > 0) throw new Error(`not in the package: ${missing.join(', ')}`)
}
