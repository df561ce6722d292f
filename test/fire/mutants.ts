import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject, Kind } from '../../src/contract/kind.ts'
import { mutated } from '../conformance/mutations.ts'
import fc from '../harness/fast-check.ts'
import { pick, type Random } from '../harness/random.ts'

const SAMPLES = 'packages/shared'

/** Hidden characters, control characters, a secret, other line ends, an unknown placeholder, a long line. */
const SPOILS = [
  '\u200b',
  '\u202e',
  '\u0007',
  '\ufe0f',
  '\u{e0041}',
  '\r\n',
  '{{nope}}',
  '\ufeff',
  'ghp_0123456789abcdefghijABCDEFGHIJ012345',
  'x'.repeat(5000),
]

interface Sample {
  kind: Kind
  files: Map<string, Buffer>
}

/** This repository's own definitions, which are mutated. */
export function readSamples(kinds: readonly Kind[]): Sample[] {
  return kinds.flatMap((kind) =>
    readdirSync(join(SAMPLES, kind.id)).map((id) => ({
      kind,
      files: filesBelow(join(SAMPLES, kind.id, id)),
    })),
  )
}

/** The files of a sample that is changed in random places, by path from a project's root. */
export function mutantOf(samples: readonly Sample[], id: string, random: Random): Record<string, Buffer> {
  const { kind, files } = pick(random, samples)
  const manifest = JSON.parse(files.get(kind.manifestFile)?.toString('utf8') ?? '{}') as JsonObject
  const idField = Object.keys(manifest).find((key) => /Id$/.test(key)) ?? 'id'
  const named = { ...manifest, [idField]: id }
  // Some mutants have only one fault, so that its finding is not hidden by others.
  const gentle = random() < 0.4
  const seed = Math.floor(random() * 2 ** 31)
  const changed = gentle && random() < 0.5 ? named : fc.sample(mutated(named), { seed, numRuns: 1 })[0]
  const spoiledShare = gentle ? 0.1 : 0.2
  const entries = [...files].map(([path, bytes]) => {
    const target = join(SAMPLES, kind.id, id, path)
    if (path === kind.manifestFile) return [target, Buffer.from(`${JSON.stringify(changed, null, 2)}\n`)]
    return [target, random() < spoiledShare ? spoiled(bytes, random) : bytes]
  })
  return Object.fromEntries(entries) as Record<string, Buffer>
}

function spoiled(bytes: Buffer, random: Random): Buffer {
  if (random() < 0.1) return Buffer.alloc(0)
  const text = bytes.toString('utf8')
  const at = Math.floor(random() * text.length)
  return Buffer.from(text.slice(0, at) + pick(random, SPOILS) + text.slice(at))
}

function filesBelow(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path)]))
}
