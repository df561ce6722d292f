import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import type { JsonObject } from '../../src/core/kind.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { openApiUnderTest } from '../api/support/api-under-test.ts'
import { mutated } from '../conformance/mutations.ts'
import { line, type RawDefinition, rawDefinitions } from '../edge/deno/raw-definitions.ts'
import { openInProcess, type Side } from '../edge/deno/sides.ts'
import { pick, seeded } from '../harness/random.ts'
import { counter, type Scenario } from './scenario.ts'

const KINDS = [agents, templates]
const SAMPLES = 'packages/shared'
const AT_ONCE = 50

/** Definitions that are changed at random places, judged by the CLI, the edge function and the API. */
export const mutateDefinitions: Scenario = {
  name: 'definitions',
  what: 'mutated definitions, judged by CLI, function and API',
  short: 300,
  goal: 10_000,
  async run({ times, seed }) {
    const { facts, count } = counter()
    const broken: string[] = []
    const [side, api] = await Promise.all([openInProcess(), openApiUnderTest()])
    try {
      for (let done = 0; done < times; done += AT_ONCE) {
        const root = mkdtempSync(join(tmpdir(), 'nofx-mutated-'))
        try {
          writeMutants(root, Math.min(AT_ONCE, times - done), seed + done)
          for (const one of await rawDefinitions(root, KINDS)) {
            const [atFunction, atApi] = await Promise.all([ofFunction(side, one), ofApi(api.send, one)])
            count(one.errors.length > 0 ? 'refused' : 'accepted')
            const where = `seed ${seed + done}, ${one.kind}/${one.id}`
            for (const [place, verdict] of [
              ['function', atFunction],
              ['API', atApi],
            ] as const)
              if (verdict !== one.errors.join('\n'))
                broken.push(
                  `${where}: the ${place} says ${verdict || 'nothing'}; the CLI ${one.errors.join('\n') || 'nothing'}`,
                )
          }
        } finally {
          rmSync(root, { recursive: true, force: true })
        }
      }
      return { tried: times, broken, facts }
    } finally {
      await Promise.all([side.close(), api.close()])
    }
  },
}

function writeMutants(root: string, count: number, seed: number): void {
  const random = seeded(seed)
  const samples = KINDS.flatMap((kind) =>
    readdirSync(join(SAMPLES, kind.id)).map((id) => ({
      kind,
      id,
      files: filesBelow(join(SAMPLES, kind.id, id)),
    })),
  )
  for (let index = 0; index < count; index++) {
    const { kind, files } = pick(random, samples)
    const id = `mutant-${index}`
    const manifest = JSON.parse(files.get(kind.manifestFile)?.toString('utf8') ?? '{}') as JsonObject
    const idField = Object.keys(manifest).find((key) => /Id$/.test(key)) ?? 'id'
    const [changed] = fc.sample(mutated({ ...manifest, [idField]: id }), { seed: seed + index, numRuns: 1 })
    files.set(kind.manifestFile, Buffer.from(`${JSON.stringify(changed, null, 2)}\n`))
    for (const [path, bytes] of files) {
      const target = join(root, kind.id, id, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, path !== kind.manifestFile && random() < 0.2 ? spoiled(bytes, random) : bytes)
    }
  }
}

/** Hidden characters, control characters, secrets, other line ends, or nothing at all in a text. */
function spoiled(bytes: Buffer, random: () => number): Buffer {
  const text = bytes.toString('utf8')
  const at = Math.floor(random() * text.length)
  const more = pick(random, [
    '\u200b',
    '\u202e',
    '\u0007',
    '\ufe0f',
    '\u{e0041}',
    '\r\n',
    '{{nope}}',
    '\ufeff',
    'ghp_0123456789abcdefghijABCDEFGHIJ012345',
  ])
  return Buffer.from(random() < 0.1 ? '' : text.slice(0, at) + more + text.slice(at))
}

function filesBelow(folder: string, prefix = ''): Map<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`
    if (entry.isDirectory())
      for (const [inner, bytes] of filesBelow(folder, `${path}/`)) found.set(inner, bytes)
    else found.set(path, readFileSync(join(folder, path)))
  }
  return found
}

async function ofFunction(side: Side, { kind, id, item }: RawDefinition): Promise<string> {
  const { body, status } = await side.send(kind, `registry_${kind}_sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', apikey: side.keys.secret },
    body: JSON.stringify({ action: 'stage', key: `fire ${kind}/${id}`, part: 0, items: [item] }),
  })
  if (status === 200) return ''
  if (body.error?.code !== 'FINDINGS') return `${status} ${JSON.stringify(body.error)}`
  return sorted(body.error.findings)
}

async function ofApi(
  send: (path: string, init: RequestInit) => Promise<{ status: number; json: { errors: Told[] } }>,
  { kind, id, item }: RawDefinition,
): Promise<string> {
  const files = Object.fromEntries(
    item.files.flatMap((file) => ('text' in file ? [[file.path, file.text]] : [])),
  )
  const { status, json } = await send(`/api/${kind}/validate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, files }),
  })
  if (status !== 200) return `${status} ${JSON.stringify(json)}`
  const own = json.errors.filter(
    ({ rule, severity }) => severity === 'error' && !rule.startsWith('NOFX_REFERENCE_'),
  )
  return sorted(own)
}

interface Told {
  file: string
  rule: string
  message: string
  severity?: string
}

const sorted = (findings: readonly Told[]) =>
  findings
    .map(({ file, rule, message }) => line(file, rule, message))
    .sort()
    .join('\n')
