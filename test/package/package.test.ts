import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { declare, requireWhole } from '../../scripts/bundle/types.mjs'
import { laterNames } from '../harness/later-imports.ts'
import { describeConformance } from './conformance.ts'
import { compile, RESOLUTIONS } from './support/compile.ts'
import {
  installPacked,
  type PackedProject,
  packFolder,
  packNofx,
  REPOSITORY,
} from './support/packed-package.ts'
import { describeThirdKind, PLUGIN } from './support/third-kind.ts'

let project: PackedProject
let tarball: string
beforeAll(async () => {
  tarball = packNofx()
  const plugin = packFolder(`test/fixtures/${PLUGIN}`, mkdtempSync(join(tmpdir(), 'nofx-packed-')))
  project = await installPacked({ nofx: tarball, [PLUGIN]: plugin })
})
afterAll(() => project.remove())

const read = (path: string) => readFileSync(join(project.nofx, path), 'utf8')
const manifest = () => JSON.parse(read('package.json'))
const own = () => JSON.parse(readFileSync('package.json', 'utf8'))

describe('the fields of the packed package.json', () => {
  test('name the repository that packs, so that npm accepts the provenance', () => {
    const url = `https://github.com/${REPOSITORY}`
    expect(manifest()).toMatchObject({
      repository: { type: 'git', url: `git+${url}.git` },
      homepage: `${url}#readme`,
      bugs: { url: `${url}/issues` },
      license: 'MIT',
      keywords: expect.arrayContaining(['mcp']),
    })
  })

  test('run nothing at an installation, and name no tools of the sources', () => {
    const { scripts, devDependencies, overrides } = manifest()
    expect({ scripts, devDependencies, overrides }).toEqual({})
    expect(own().scripts.prepare).toBeDefined()
  })

  test('let bundlers leave out unused modules', () => {
    expect(manifest().sideEffects).toBe(false)
  })

  test('stop the pack when the repository is unknown, and when npm packs the sources', () => {
    const { GITHUB_REPOSITORY: _repository, ...env } = process.env
    const npm = (...words: string[]) => spawnSync('npm', words, { env, encoding: 'utf8' })
    const { status, stderr } = npm('run', '--silent', 'pack', '--', '--no-build', '--out', project.root)
    const isSet = own().repository !== undefined
    expect(status).toBe(isSet ? 0 : 2)
    if (!isSet) expect(stderr).toContain('hint: set GITHUB_REPOSITORY=<owner>/<name>')
    expect(npm('pack', '--dry-run')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('pack with: npm run pack'),
    })
  })
})

describe('the files of the package', () => {
  test('are the program, the modules, the migrations and the schemas', () => {
    const folders = new Set(readdirSync(project.nofx))
    expect([...folders].sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin',
        'dist',
        'docs',
        'examples',
        'oclif.manifest.json',
        'package.json',
      ].concat('supabase'),
    )
    expect(readdirSync(join(project.nofx, 'docs'))).toEqual(['schema'])
    // The workflows that `nofx init` writes.
    expect(readdirSync(join(project.nofx, 'examples'))).toEqual(['ci'])
  })

  test('exist for every export, with its types', () => {
    const targets = Object.values(manifest().exports).flatMap(
      (one) => Object.values(one as object) as string[],
    )
    const paths = targets.filter((path) => path.length > 1)
    expect(paths.length).toBeGreaterThan(10)
    expect(paths.filter((path) => !existsSync(join(project.nofx, path)))).toEqual([])
  })

  test('are linked from the README with addresses that npm can show', () => {
    const links = [...read('README.md').matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
    const base = `https://github.com/${REPOSITORY}/blob/v${manifest().version}/`
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter((link) => !/^(https:|#)/.test(link))).toEqual([])
    const pages = links.filter((link) => link.startsWith(base)).map((link) => link.slice(base.length))
    expect(pages.length).toBeGreaterThan(5)
    expect(pages.filter((page) => !existsSync(page.split('#')[0] ?? ''))).toEqual([])
  })

  test('are small: code that several modules share is in the package once', () => {
    // A third of it is the database that an embedded cloud begins with (decision 092).
    expect(statSync(tarball).size).toBeLessThan(2_740_000)
    // Each of these comes with zod, which none of them has alone.
    for (const name of ['worker', 'edge', 'mcp-bridge', 'testing'])
      expect(statSync(join(project.nofx, `dist/${name}.js`)).size, name).toBeLessThan(90_000)
  })

  test('export every name that another module takes when it needs it', async () => {
    const names = await laterNames(join(project.nofx, 'dist'))
    expect(names.map(({ name }) => name)).toContain('dangerouslyDeleteByTag')
    expect(names.filter(({ exported }) => !exported)).toEqual([])
  })

  test('include a bundle of ASCII alone, as bin/load.js reads it', () => {
    expect(/[\u0080-\uffff]/.exec(read('dist/nofx.cjs'))?.[0]).toBeUndefined()
  })

  test('include the schemas at the path of their $id', () => {
    for (const kind of ['agents', 'templates']) {
      const { $id } = JSON.parse(read(`docs/schema/${kind}.json`))
      expect($id).toBe(`https://unpkg.com/${manifest().name}/docs/schema/${kind}.json`)
    }
  })
})

describe('the types of the package', () => {
  test.each(Object.entries(RESOLUTIONS))('compile with %s and no other types', (_name, options) => {
    expect(compile(project.root, { options })).toBe('')
  })

  test('of a deployment need the types of the web alone', () => {
    const options = { ...RESOLUTIONS.NodeNext, lib: ['es2022', 'dom'] }
    expect(compile(project.root, { files: ['deployment.ts'], options })).toBe('')
  })

  test('refuse a wrong use, so that the programs above prove something', () => {
    const wrong = "import { connectRegistry } from 'nofx/worker'\nvoid connectRegistry({ url: 1 })\n"
    writeFileSync(join(project.root, 'wrong.ts'), wrong)
    // What is found with fewer checks is found with all of them.
    const options = { ...RESOLUTIONS.NodeNext, skipLibCheck: true }
    expect(compile(project.root, { files: [], inPlace: ['wrong.ts'], options })).toContain('TS2322')
  })
})

describe('the types of a module', () => {
  test('stop the pack when they need a type that the sources leave to the compiler', () => {
    const place = mkdtempSync(join(tmpdir(), 'nofx-untyped-'))
    onTestFinished(() => rmSync(place, { recursive: true }))
    const typed = 'export interface Note { title: string }\nexport const most: number = 4\n'
    writeFileSync(join(place, 'notes.ts'), `${typed}export const first = Object.values({ a: 1 })\n`)
    writeFileSync(join(place, 'library.ts'), "export { first, most, type Note } from './notes.ts'\n")
    const { texts, untyped } = declare([join(place, 'library.ts')])
    expect([...texts.keys()]).toEqual(['library.d.ts', 'notes.d.ts'].map((name) => join(place, name)))
    expect([...untyped]).toEqual([['first', join(place, 'notes.ts')]])
    const shown = (name: string) => () => requireWhole('kind', `export declare const ${name}: any;`, untyped)
    expect(shown('most')).not.toThrow()
    expect(shown('first')).toThrow(
      `the types of nofx/kind need the type of first: write it in ${place}/notes.ts`,
    )
  })

  test('stop the pack when they name another package', () => {
    const text = "import { z } from 'zod';\nexport declare const schema: z.ZodType;"
    expect(() => requireWhole('edge', text, new Map())).toThrow(
      "the types of nofx/edge name another package: import { z } from 'zod';",
    )
  })
})

describe('the modules of the package', () => {
  const bundled = async (source: string, format: 'esm' | 'cjs') => {
    const outfile = join(project.root, `bundled-${format}.${format === 'esm' ? 'mjs' : 'cjs'}`)
    const stdin = { contents: source, resolveDir: project.root }
    // The packages that nofx depends on are not what this test is about.
    const external = [...Object.keys(own().dependencies), 'zod']
    await build({ stdin, outfile, format, bundle: true, platform: 'node', external, logLevel: 'silent' })
    return spawnSync(process.execPath, [outfile], { cwd: project.root, encoding: 'utf8' })
  }

  test.each(['esm', 'cjs'] as const)(
    'bundled as %s: the missing bridge is a failure that says what to do',
    async (format) => {
      const { stdout, stderr } = await bundled(
        `import { injectMcp } from 'nofx/worker'
        const agent = { id: 'a', state: 'active', manifest: {}, texts: {} }
        injectMcp(agent, { folder: '.' }).catch(({ code, hint }) => console.log(code, hint))`,
        format,
      )
      expect(stdout, stderr).toMatch(/^CONFIG mark nofx as external/)
    },
  )

  // Kilobytes, with everything but the packages of Node.js, minified.
  test.each([
    ['Failure', 4],
    ['injectMcp', 180],
  ])('a bundle of %s alone has at most %i kB', async (name, most) => {
    const stdin = { contents: `export { ${name} } from 'nofx/worker'`, resolveDir: project.root }
    const common = { bundle: true, minify: true, platform: 'node', format: 'esm', write: false } as const
    const { outputFiles } = await build({ stdin, ...common })
    expect(Math.ceil((outputFiles[0]?.contents.length ?? 0) / 1000)).toBeLessThanOrEqual(most)
  })

  test.each(['kind', 'worker', 'testing', 'edge', 'api'])('nofx/%s loads in Node.js', (name) => {
    const source = `import('nofx/${name}').then((all) => console.log(Object.keys(all).sort().join()))`
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', source], {
      cwd: project.root,
      encoding: 'utf8',
    })
    expect(stdout, stderr).toMatch(/\w/)
  })
})

describeThirdKind(() => project)
describeConformance(() => project, PLUGIN)
