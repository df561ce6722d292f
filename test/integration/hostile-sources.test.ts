import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../src/contract/digest.ts'
import { Failure } from '../../src/contract/failure.ts'
import { FORMATS } from '../../src/exchange/hook.ts'
import { exportDefinitions } from '../../src/export/export-definitions.ts'
import { readTreeItems } from '../../src/export/export-items.ts'
import { importTree } from '../../src/import/import-definitions.ts'
import { fromExchange } from '../../src/import/other-agents/from-exchange.ts'
import { IMPORT_FORMATS } from '../../src/import/other-agents/import-formats.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { tempFolder } from '../import/support/temp-folder.ts'

const SHARED = '../shared/corpus/formats'
const absent = !existsSync(SHARED)
if (absent) console.log(`skipped: ${SHARED} is not here, so no files of others are damaged`)

const KINDS = [agents, skills, templates, servers]
const ALL = [...FORMATS.flatMap((format) => fromExchange(format) ?? []), ...IMPORT_FORMATS]
const SEED = Number(process.env.NOFX_SEED) || 20_261_129
const ROUNDS = 12

/** Texts that break readers: bombs, keys of prototypes, numbers and dates without an equal, hidden characters. */
const NASTY = [
  '---\n',
  '---\n---\n',
  'a: &a [x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n',
  '__proto__: {polluted: true}\n',
  'constructor:\n  prototype:\n    polluted: true\n',
  '<<: *missing\n',
  '!!js/function "x"\n',
  '? [a, b]\n: c\n',
  'tools: !!binary aGk=\n',
  'n = 99999999999999999999\n',
  'd = 1979-05-27T07:32:00Z\nt = 07:32:00\n',
  'x = nan\ny = -inf\n',
  '[mcp_servers."../../x"]\ncommand = "sh"\n',
  '"__proto__" = 1\n',
  '{"__proto__": {"polluted": true}}',
  '{"mcpServers": {"__proto__": {"command": "sh"}, "constructor": {"url": "x"}}}',
  '{"mcpServers": {"a": {"command": ["sh"], "args": "x", "env": [1]}}}',
  '{"servers": [null, 1, [], {"name": null}]}',
  'name: ../../../etc/passwd\n',
  'name: "CON"\n',
  'name: [a, {b: c}]\n',
  'description: 12\n',
  `${'['.repeat(3000)}\n`,
  `${'{"a":'.repeat(2000)}`,
  `${'- '.repeat(2000)}x\n`,
  '\u0000',
  '\uFEFF',
  '\u202E\u2066\u200B',
  '\r\n\r',
  '\ud800',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a text that others fill in
  '${HOME}$(id)`id`{{secrets.x}}',
  '%2e%2e%2f',
  '\\..\\..\\',
  'x'.repeat(1_100_000),
]

function damage(random: Random, bytes: Buffer): Buffer {
  const text = bytes.toString('utf8')
  const at = Math.floor(random() * (text.length + 1))
  const length = Math.floor(random() * 60)
  const nasty = pick(random, NASTY)
  const front = text.startsWith('---\n') ? 4 : 0
  switch (Math.floor(random() * 8)) {
    case 0:
      return Buffer.from(text.slice(0, at))
    case 1:
      return Buffer.from(text.slice(0, at) + nasty + text.slice(at))
    case 2:
      return Buffer.from(text.slice(0, at) + text.slice(at + length))
    case 3:
      return Buffer.from(text.slice(0, front) + nasty + text.slice(front))
    case 4:
      return Buffer.from(nasty)
    case 5: {
      const damaged = Buffer.from(bytes)
      for (let flips = 0; flips < 8 && damaged.length > 0; flips++)
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256)
      return damaged
    }
    case 6:
      return Buffer.from(
        text.replace(/^(\s*[\w-]+)\s*[:=].*$/gm, (line, key) =>
          random() < 0.2 ? `${key}: ${nasty.slice(0, 200)}` : line,
        ),
      )
    default:
      return Buffer.from(text.replaceAll('\n', '\r\n') + text)
  }
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:md|toml|json|mdc|ya?ml|sh|py)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => statSync(join(folder, path)).size < 200_000)
    .sort()
}

/** Names by which a file may come: folders that lead out, and twins that differ in case. */
function rename(random: Random, path: string): string {
  const name = path.split('/').at(-1) ?? path
  const twin =
    path.slice(0, -name.length) +
    name.replace(/^./, (one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
  return pick(random, [
    path,
    path,
    path,
    twin,
    path.replace(name, `-${name}`),
    path.replace(name, `ü ${name}`),
  ])
}

/** Names and hashes of what is in a folder; a link is its target's name. */
function look(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const at = join(entry.parentPath, entry.name)
      if (entry.isSymbolicLink()) return `${at} -> ${readlinkSync(at)}`
      return entry.isFile() ? `${at} ${sha256(readFileSync(at))}` : at
    })
    .sort()
}

async function orFailure<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect([error.message, error.hint]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)])
    return error
  }
}

/** Imports a folder, then exports what came of it in every format; nothing but the two targets may change. */
async function passThrough(base: string): Promise<number> {
  const from = join(base, 'from')
  const before = look(from)
  const root = join(base, 'packages')
  const reports = await orFailure(() => importTree(ALL, root, { from, owner: 'team@example.com' }))
  if (reports instanceof Failure) return 0
  for (const { report } of reports)
    for (const { source, diagnostics } of report.failed) {
      expect(diagnostics.length, source).toBeGreaterThan(0)
      for (const { rule, message, hint } of diagnostics)
        expect([rule, message, hint]).toEqual([
          expect.stringMatching(/^NOFX_/),
          expect.stringMatching(/\S/),
          expect.stringMatching(/\S/),
        ])
    }
  const tree = { root, shownPath: 'packages', kinds: KINDS }
  const selections = KINDS.map((kind) => ({ kind, ids: [] }))
  const read = await orFailure(() => readTreeItems(tree, selections))
  if (read instanceof Failure) return 0
  for (const format of FORMATS.filter(({ write }) => write)) {
    const to = join(base, 'out', format.id)
    const kinds = selections.filter(({ kind }) => format.kinds.includes(kind.id))
    const items = read.items.filter(({ definition }) => format.kinds.includes(definition.kind))
    await orFailure(() =>
      exportDefinitions(
        { ...read, items, diagnostics: [] },
        { format, selections: kinds, to, allowEffects: true },
      ),
    )
  }
  expect(look(from)).toEqual(before)
  expect(readdirSync(base).filter((name) => !['from', 'packages', 'out'].includes(name))).toEqual([])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  return read.items.length
}

describe.skipIf(absent)('damaged files of others', () => {
  const paths = absent ? [] : sourcesIn(SHARED)
  let reached = 0

  test.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    'are findings or definitions, and nothing is written elsewhere, round %i',
    async (round) => {
      const random = seeded(SEED + round)
      const base = tempFolder()
      const some = paths.filter(() => random() < 0.12)
      for (const path of some) {
        const at = join(base, 'from', rename(random, path))
        mkdirSync(dirname(at), { recursive: true })
        writeFileSync(at, damage(random, readFileSync(join(SHARED, path))))
        if (random() < 0.05) {
          const link = `${at}.link.md`
          if (!existsSync(link)) symlinkSync(pick(random, ['/etc/passwd', '..', at, '/nowhere']), link)
        }
      }
      expect(some.length).toBeGreaterThan(10)
      reached += await passThrough(base)
    },
    120_000,
  )

  test('come through as definitions often enough to reach every export', () => {
    expect(reached).toBeGreaterThan(ROUNDS)
  })
})
