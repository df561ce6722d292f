import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { circlesIn, crowds, functionsOf, hasCode, pairsIn } from './house/measure.ts'
import { FOLDERS, OTHER_ROOMS, ROOMS } from './house/rooms.ts'
import { filesUnder, importsOf } from './house/sources.ts'

/** Rooms whose files also run under Deno: no Node modules but these. */
const NEUTRAL = [
  'src/contract/',
  'src/edge/',
  'src/exchange/',
  'src/plugins/agents/rules/',
  'src/plugins/templates/',
  'supabase/functions/',
]
const NEUTRAL_BUILTINS = ['node:crypto', 'node:buffer']

const SOURCES = ['src', 'supabase/functions'].flatMap((room) => filesUnder(room))
const IMPORTS = SOURCES.flatMap(importsOf)

const roomOf = (file: string) => ROOMS.find(({ path }) => file.startsWith(path))

describe('the house', () => {
  it('gives every source file a room', () => {
    expect(SOURCES.filter((file) => !roomOf(file))).toEqual([])
  })

  it('describes every folder that has sources, and no other', () => {
    const isRoom = (folder: string) => ROOMS.some(({ path }) => path === `${folder}/`)
    const folders = new Set(filesUnder('src').map((file) => dirname(file)))
    // The folders of commands are the words of their names.
    const described = [...folders].filter((folder) => !isRoom(folder) && !folder.startsWith('src/commands/'))
    expect(Object.keys(FOLDERS).sort()).toEqual(described.sort())
  })

  it('names rooms and arrows that exist', () => {
    const named = [
      ...ROOMS.flatMap(({ path, mayImport }) => [path, ...mayImport]),
      ...Object.keys(OTHER_ROOMS),
    ]
    expect(named.filter((path) => !existsSync(path))).toEqual([])
  })

  it('keeps unit tests at the path of the folder that they test', () => {
    const mirrored = /^test\/(api|cli|cloud|contract|core|dev|edge|import|plugins|worker)\//
    const folders = new Set(filesUnder('test', /\.test\.ts$/).map((file) => dirname(file)))
    const units = [...folders].filter((folder) => mirrored.test(`${folder}/`))
    expect(units.length).toBeGreaterThan(30)
    expect(units.filter((folder) => !existsSync(folder.replace('test/', 'src/')))).toEqual([])
  })

  it('lets rooms import the contract as a whole, and the contract nothing', () => {
    const named = ROOMS.flatMap(({ mayImport }) => mayImport).filter((path) =>
      path.startsWith('src/contract/'),
    )
    expect(new Set(named)).toEqual(new Set(['src/contract/']))
    expect(ROOMS.find(({ path }) => path === 'src/contract/')?.mayImport).toEqual([])
  })

  it('has no import against the arrows', () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const { path: room, mayImport } = roomOf(from)!
      return (
        to.startsWith('src/') && !to.startsWith(room) && !mayImport.some((allowed) => to.startsWith(allowed))
      )
    })
    expect(wrong).toEqual([])
  })

  it('lets nothing but commands, cli and tests know oclif, and nothing but cli know listr2 and chalk', () => {
    const wrong = IMPORTS.filter(
      ({ from, to }) =>
        (to.startsWith('@oclif/') && !/^src\/(commands|cli)\//.test(from) && !from.endsWith('/hook.ts')) ||
        (/^(listr2|chalk)$/.test(to) && !from.startsWith('src/cli/')),
    )
    expect(wrong).toEqual([])
  })

  it('keeps what runs in the edge function free of Node', () => {
    const wrong = IMPORTS.filter(
      ({ from, to }) =>
        NEUTRAL.some((room) => from.startsWith(room)) &&
        to.startsWith('node:') &&
        !NEUTRAL_BUILTINS.includes(to),
    )
    expect(wrong).toEqual([])
  })

  it('exports nouns: no name that is only a participle, such as Known or Found', () => {
    const exported = /^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm
    const names = SOURCES.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(exported)].map(([, name]) => name),
    )
    expect(names.length).toBeGreaterThan(1_000)
    expect(names.filter((name = '') => /^(?:\w*[a-z])?(?:Known|Kept|Given|Found|Told)$/i.test(name))).toEqual(
      [],
    )
  })

  it('imports siblings with their .ts ending, as Deno wants it', () => {
    expect(IMPORTS.filter(({ to }) => to.startsWith('src/') && !to.endsWith('.ts'))).toEqual([])
  })

  it('walks folders by hand: with `recursive: true` Node.js 24 follows links, and Node.js 20 does not', () => {
    const rooms = ['src', 'api', 'supabase/functions', 'scripts', 'bench', 'bin', 'test/edge/deno']
    const files = rooms.flatMap((room) => filesUnder(room, /\.[cm]?[jt]s$/))
    const walking = /\breaddir(Sync)?\([^)]*\brecursive\b/
    expect(files.filter((file) => walking.test(readFileSync(file, 'utf8')))).toEqual([])
  })

  it('runs property tests from one seed, which a failed run can be repeated with', () => {
    const owner = 'test/harness/fast-check.ts'
    const direct = filesUnder('test')
      .flatMap(importsOf)
      .filter(({ to }) => to === 'fast-check')
    expect(direct.map(({ from }) => from)).toEqual([owner])
  })

  it('has no file over 250 lines, no process.exit and no any', () => {
    const texts = SOURCES.map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    expect(texts.filter(({ text }) => text.split('\n').length > 251).map(({ file }) => file)).toEqual([])
    expect(
      texts.filter(({ text }) => /process\.exit\(|: any\b|as any\b/.test(text)).map(({ file }) => file),
    ).toEqual([])
  })
})

/** Folders that import each other, with the reason: no other pair does. */
const PAIRS = [
  // app.ts reads the table of routes
  'src/api <-> src/api/routes',
  // tree-digests.ts pauses as progress.ts says, and takes its type Watch
  'src/core <-> src/core/tree',
  // library.ts exports injectMcp, which takes the type Agent
  'src/worker <-> src/worker/mcp',
]
/** Most files directly in one folder. */
const CROWD = 22

describe('the shape of the house', () => {
  const files = filesUnder('src')
  const inside = files.flatMap(importsOf).filter(({ to }) => to.startsWith('src/'))
  const functions = files.flatMap((file) => functionsOf(file, readFileSync(file, 'utf8')))
  const folders = new Set(files.map((file) => dirname(file)))

  it('has no circle of files', () => {
    expect(circlesIn(inside)).toEqual([])
  })

  it('has no pair of folders that import each other but these', () => {
    expect(pairsIn(inside)).toEqual(PAIRS)
  })

  it('has no crowded folder, and no file beside a folder of its name', () => {
    expect([...crowds(files)].filter(([, count]) => count > CROWD)).toEqual([])
    expect(files.filter((file) => folders.has(file.slice(0, -'.ts'.length)))).toEqual([])
  })

  it('has no function over 40 lines', () => {
    expect(functions.filter(({ lines }) => lines > 40)).toEqual([])
  })

  it('has no run() of a command over 15 lines', () => {
    const runs = functions.filter(({ file, name }) => file.startsWith('src/commands/') && name === 'run')
    expect(runs.length).toBeGreaterThan(30)
    expect(runs.filter(({ lines }) => lines > 15)).toEqual([])
  })

  it('has a test that runs the code of each file of core', () => {
    const imported = filesUnder('test')
      .flatMap(importsOf)
      .filter(({ typeOnly }) => !typeOnly)
    const tested = new Set(imported.map(({ to }) => to))
    const code = files.filter(
      (file) => file.startsWith('src/core/') && hasCode(file, readFileSync(file, 'utf8')),
    )
    expect(code.length).toBeGreaterThan(80)
    expect(code.filter((file) => !tested.has(file))).toEqual([])
  })
})

/** The files of `src` that the console bundles, with what they import: they run in every browser. */
const SHARED_WITH_CONSOLE: Readonly<Record<string, readonly string[]>> = {
  'src/contract/schemas/secret-mark.ts': [],
  'src/contract/source.ts': ['src/contract/diagnostic.ts'],
  'src/contract/text/hidden-characters.ts': [],
  'src/core/graph/arrange.ts': ['@dagrejs/dagre'],
}

describe('the console', () => {
  const files = filesUnder('console', /\.tsx?$/)
  const imports = files.flatMap(importsOf)
  const own = imports.filter(({ to }) => to.startsWith('console/'))

  it('imports itself, packages and the files that it shares, and Node is not among them', () => {
    expect(imports.length).toBeGreaterThan(150)
    const outside = imports.filter(({ to }) => /^(src|api|supabase|test|scripts|bench)\/|^node:/.test(to))
    expect(outside.filter(({ to }) => !(to in SHARED_WITH_CONSOLE))).toEqual([])
    for (const [file, packages] of Object.entries(SHARED_WITH_CONSOLE))
      expect(
        importsOf(file).map(({ to }) => to),
        file,
      ).toEqual(packages)
  })

  it('is imported by nothing but its tests', () => {
    const others = [
      ...SOURCES,
      ...filesUnder('scripts', /\.[cm]?js$/),
      ...filesUnder('bench', /\.[cm]?[jt]s$/),
    ]
    expect(others.flatMap(importsOf).filter(({ to }) => to.startsWith('console/'))).toEqual([])
  })

  it('has arrows from pages to parts to data to model', () => {
    const rank = (file: string) =>
      ['model', 'data', 'parts', 'pages'].findIndex((room) => file.startsWith(`console/${room}/`))
    const inRooms = own.filter(({ from }) => rank(from) >= 0 && !from.startsWith('console/generated/'))
    expect(inRooms.filter(({ from, to }) => rank(to) > rank(from))).toEqual([])
    expect(circlesIn(own)).toEqual([])
  })

  it('has a model in rooms by topic, which import no other room but for words and commands', () => {
    const model = files.filter((file) => file.startsWith('console/model/'))
    const roomOf = (file: string) => file.match(/^console\/model\/([a-z]+)\/[a-z-]+\.ts$/)?.[1]
    expect(model.filter((file) => !roomOf(file))).toEqual([])
    expect([...new Set(model.map(roomOf))].sort()).toEqual([
      ...[
        'address',
        'definitions',
        'differences',
        'feed',
        'graphs',
        'moves',
        'plans',
        'runs',
        'texts',
        'time',
      ],
    ])
    const across = own.filter(
      ({ from, to }) => roomOf(from) && roomOf(to) && roomOf(from) !== roomOf(to) && roomOf(to) !== 'texts',
    )
    expect([...new Set(across.map(({ to }) => to))]).toEqual(['console/model/moves/shell-command.ts'])
  })

  it('has a model without a browser: no preact, no DOM, no fetch', () => {
    const model = files.filter((file) => file.startsWith('console/model/'))
    expect(model.length).toBeGreaterThan(8)
    const packages = model.flatMap(importsOf).filter(({ to }) => !to.startsWith('console/'))
    expect([...new Set(packages.map(({ to }) => to))].sort()).toEqual([
      'diff',
      'src/contract/schemas/secret-mark.ts',
      'src/contract/text/hidden-characters.ts',
    ])
    const globals = /\b(window|document|location|navigator|localStorage|sessionStorage|fetch)\b[.(]/
    expect(model.filter((file) => globals.test(readFileSync(file, 'utf8')))).toEqual([])
  })

  it('writes text alone: no HTML, no eval, no suppressed rule', () => {
    const refused =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|\beval\(|new Function|biome-ignore|@ts-/
    expect(files.filter((file) => refused.test(readFileSync(file, 'utf8')))).toEqual([])
  })

  it('keeps the token out of storage: what is kept there is the theme, the keys, that one was signed in, and what was typed for a move or a plan', () => {
    const stored = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:local|session)Storage\.setItem\((\w+)/g)].map(
        ([, name]) => `${file} ${name}`,
      ),
    )
    expect(stored.sort()).toEqual([
      'console/data/form-draft.ts DRAFT',
      'console/data/move-draft.ts DRAFT',
      'console/data/session.ts SIGNED_IN',
      'console/parts/shell/keys.ts OFF',
      'console/parts/shell/theme-switch.tsx KEY',
    ])
  })

  it('has no file over 250 lines and no function over 40, but what is generated', () => {
    const written = files.filter((file) => !file.startsWith('console/generated/'))
    const texts = written.map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    expect(texts.filter(({ text }) => text.split('\n').length > 251).map(({ file }) => file)).toEqual([])
    const long = texts.flatMap(({ file, text }) => functionsOf(file, text)).filter(({ lines }) => lines > 40)
    expect(long.map(({ file, name, lines }) => `${file} ${name} ${lines}`)).toEqual([])
  })
})
